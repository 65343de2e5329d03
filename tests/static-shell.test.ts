// Holds what the build does to the page: relative addresses, no inline script, the policy first.
import { describe, expect, it } from 'vitest'
import { withoutStyleAttribute } from '../tools/static-announcer.mjs'
import { headerPolicy, metaPolicy } from '../tools/static-policy.mjs'
import { finishShell, nameBootScript, putDigests } from '../tools/static-shell.mjs'

const page = `<!doctype html>
<html>
  <head>
    <script src="./boot-theme.js"></script>
    <link href="/_app/immutable/entry/start.abc.js" rel="modulepreload">
  </head>
  <body><div><script>
    {
      __sveltekit_x = { base: '' };
      import("/_app/immutable/entry/start.abc.js");
    }
  </script></div></body>
</html>`

describe('finishShell', () => {
  const shell = finishShell(page)
  const [name = '', text = ''] = Object.entries(shell.files)[0] ?? []

  it('moves the start script into a hashed file beside the chunks', () => {
    expect(name).toMatch(/^_app\/immutable\/boot\.[\w-]{8}\.js$/)
    expect(shell.html).toContain(`<script src="./${name}"></script>`)
    expect(text).toContain('import("./entry/start.abc.js")')
    expect(shell.html).not.toMatch(/<script>/)
  })

  it('runs the start script only in a page of its own', () => {
    expect(text.startsWith('if (window.self === window.top) {')).toBe(true)
  })

  it('leaves no absolute address', () => {
    expect(shell.html).toContain('href="./_app/immutable/entry/start.abc.js"')
    expect(shell.html + text).not.toMatch(/["'(]\//)
  })

  it('puts the policy before every script and stylesheet', () => {
    const at = shell.html.indexOf(metaPolicy())
    expect(at).toBeGreaterThan(0)
    expect(at).toBeLessThan(shell.html.indexOf('<script'))
    expect(at).toBeLessThan(shell.html.indexOf('<link'))
  })

  it.each([
    ['a second inline script', page.replace('</body>', '<script>1</script></body>')],
    ['a style attribute', page.replace('<div>', '<div style="display: contents">')],
    ['an event attribute', page.replace('<div>', '<div onclick="x()">')],
    [
      'an unknown address in the start script',
      page.replace('__sveltekit_x', 'load("/_app/version.json"); __sveltekit_x'),
    ],
    ['no start script', page.replace(/<script>[\s\S]*?<\/script>/, '')],
  ])('refuses %s', (_, html) => {
    expect(() => finishShell(html)).toThrow()
  })
})

describe('withoutStyleAttribute', () => {
  const root =
    '{#if mounted}\n<div id="svelte-announcer" aria-live="assertive" style="left: 0; top: 0">{title}</div>\n{/if}'

  it('moves the declarations into a style sheet', () => {
    const code = withoutStyleAttribute(root)
    expect(code).toContain('<div id="svelte-announcer" aria-live="assertive">{title}')
    expect(code).toMatch(/<style>\s*#svelte-announcer \{\s*left: 0; top: 0;\s*\}\s*<\/style>/)
  })

  it.each([
    ['the announcer is gone', '<p>x</p>'],
    ['there is another style attribute', `${root}<p style="left: 0">x</p>`],
  ])('stops when %s', (_, code) => expect(() => withoutStyleAttribute(code)).toThrow())
})

describe('nameBootScript', () => {
  it('gives the start script its hashed name in the worker', () => {
    expect(nameBootScript('const a = ["/_app/immutable/boot.js"]', '_app/immutable/boot.1.js')).toContain('boot.1.js')
  })

  it('refuses a worker that forgot it, because the page would not start offline', () => {
    expect(() => nameBootScript('const a = []', '_app/immutable/boot.1.js')).toThrow(/precache/)
  })
})

describe('policy', () => {
  it('is strict and fits into an attribute', () => {
    expect(metaPolicy()).not.toMatch(/unsafe|"/)
    expect(metaPolicy()).not.toContain('frame-ancestors')
    expect(headerPolicy()).toContain("frame-ancestors 'none'")
  })
})

describe('putDigests', () => {
  const worker = 'const list = [e+`/a.js`, "/b.json"], digests = JSON.parse(`{"digests":"put in by the build"}`)'

  it('gives the worker the digests of the files it names, and of no others', () => {
    const text = putDigests(worker, { 'a.js': 'AA==', 'b.json': 'BB==', 'c.js': 'CC==' })
    expect(text).toContain('JSON.parse(`{"a.js":"AA==","b.json":"BB=="}`)')
  })

  it('refuses a worker without a place for them', () => {
    expect(() => putDigests('const list = []', {})).toThrow()
  })
})
