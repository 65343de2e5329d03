// Runs the script that stands before the first paint on a page of its own: a page that lacks files starts once more, never for ever.
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'

const script = readFileSync(new URL('../static/boot-theme.js', import.meta.url), 'utf8')

/** One tab, visit after visit: what its session storage keeps. */
class Tab {
  readonly kept = new Map<string, string>()

  /** Opens the page, which lacks these files; true: it reloads itself. */
  visit(...missing: string[]): boolean {
    const target = new EventTarget()
    let reloads = 0
    const page = {
      document: { documentElement: { dataset: {}, toggleAttribute: () => undefined } },
      matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
      localStorage: { getItem: () => null },
      sessionStorage: {
        getItem: (name: string) => this.kept.get(name) ?? null,
        setItem: (name: string, value: string) => void this.kept.set(name, value),
        removeItem: (name: string) => void this.kept.delete(name),
      },
      location: { reload: () => reloads++ },
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    }
    const self = {}
    runInNewContext(script, { ...page, window: { self, top: self } })
    for (const src of missing) {
      const event = new Event('error')
      Object.defineProperty(event, 'target', { value: { src } })
      target.dispatchEvent(event)
    }
    // A page that reloads itself is gone before it is loaded.
    if (reloads === 0) target.dispatchEvent(new Event('load'))
    expect(reloads).toBeLessThan(2)
    return reloads > 0
  }
}

const file = (name: string) => `https://chat.example/_app/immutable/chunks/${name}.js`

it('starts once more where a file is missing, and not again', () => {
  const tab = new Tab()
  expect([tab.visit(file('a')), tab.visit(file('a')), tab.visit(file('a'))]).toEqual([true, false, false])
})

it('does not go on for ever where half a release lacks several files', () => {
  const tab = new Tab()
  expect(tab.visit(file('a'), file('b'))).toBe(true)
  expect([tab.visit(file('a'), file('b')), tab.visit(file('b'), file('a'))]).toEqual([false, false])
  expect([tab.visit(file('b')), tab.visit(file('a'))]).toEqual([false, false])
})

it('tries again at the next release, once a page missed nothing', () => {
  const tab = new Tab()
  expect([tab.visit(file('a')), tab.visit(), tab.visit(file('a'))]).toEqual([true, false, true])
  expect(tab.visit()).toBe(false)
  expect(tab.kept.size).toBe(0)
})

it('leaves alone what is not a file of the build', () => {
  expect(new Tab().visit('https://elsewhere.example/picture.png')).toBe(false)
})
