// Runs inside the page: waits until places show what they must, and judges what they are made of. No closures over Node.
import type { Page } from '@playwright/test'

/** One place on the screen, and what must stand there. */
export interface Place {
  name: string
  /** The element whose whole text is the peer's; of several the last, or `nth`. */
  selector: string
  nth?: number
  /** Another source of the text than `textContent`. */
  from?: 'value' | 'aria-label'
  /** Exactly this. */
  text?: string
  /** A sentence of ours without any of the text. */
  isOurs?: boolean
  /** A sentence around a value: this must stand in it. */
  includes?: string
  /** What a message is made of: spans, links and blocks. It is there once another row than `after` is the last. */
  isBody?: boolean
  after?: string
}

/** What was wrong in a place; empty: nothing. */
export type Fault = `${string}: ${string}`

/** Waits (ms) until every place shows its text, and does nothing else: what the page works meanwhile is its own. */
export async function settled(page: Page, places: readonly Place[], patience = 20_000): Promise<void> {
  await page.evaluate(settle, { places, patience })
}

/** Says what is wrong. `piled`: marks stand upon each other in the text. */
export function judged(page: Page, places: readonly Place[], piled: boolean): Promise<Fault[]> {
  return page.evaluate(judge, { places, piled })
}

async function settle({ places, patience }: { places: readonly Place[]; patience: number }): Promise<void> {
  const shown = ({ selector, nth = -1, from, text, includes, isBody, after }: Place): boolean => {
    const element = [...document.querySelectorAll<HTMLElement>(selector)].at(nth)
    if (!element) return false
    // Keys grow: one that is settled or comes back moves, but is not newer.
    if (isBody) return Number(element.closest<HTMLElement>('[data-key]')?.dataset.key ?? 0) > Number(after ?? 0)
    const said =
      from === 'value'
        ? (element as HTMLInputElement).value
        : from
          ? (element.getAttribute(from) ?? '')
          : (element.textContent ?? '')
    return text === undefined ? said.includes(includes ?? '') : said === text
  }
  const until = performance.now() + patience
  while (!places.every(shown) && performance.now() < until) await new Promise((done) => setTimeout(done, 8))
}

function judge({ places, piled }: { places: readonly Place[]; piled: boolean }): Fault[] {
  const faults: Fault[] = []
  const inBody = 'A BDI BLOCKQUOTE BUTTON CODE DIV EM PRE S SPAN STRONG'.split(' ')
  const attributes = 'class dir href rel tabindex target type id'.split(' ')
  const schemes = ['https:', 'http:', 'xmpp:', 'mailto:', 'tel:', 'geo:']
  const short = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}… (${text.length})` : text)

  /** What people wrote, without our own words in it. */
  const bodyText = (said: HTMLElement): string => {
    const copy = said.cloneNode(true) as HTMLElement
    const isAction = copy.querySelector('.paragraph > .actor') !== null
    for (const own of copy.querySelectorAll('.host, .actor')) own.remove()
    const text = [...copy.querySelectorAll('.paragraph, pre')].map((each) => each.textContent).join('')
    // Between the name and what it does stands a space of ours.
    return isAction ? text.slice(1) : text
  }

  const judgeBody = (name: string, said: HTMLElement): void => {
    for (const each of said.querySelectorAll<HTMLElement>('*')) {
      if (each.closest('.meta')) continue
      if (!inBody.includes(each.tagName)) faults.push(`${name}: an element ${each.tagName}`)
      for (const { name: attribute } of each.attributes)
        if (!attributes.includes(attribute)) faults.push(`${name}: an attribute ${attribute}`)
      if (each instanceof HTMLAnchorElement && !schemes.includes(each.protocol))
        faults.push(`${name}: a link to ${each.protocol}`)
    }
  }

  /** A text turns nothing around it: it is a box of its own, or set apart. */
  const isApart = (element: HTMLElement): boolean => {
    const { unicodeBidi, display } = getComputedStyle(element)
    return unicodeBidi !== 'normal' && unicodeBidi !== 'embed' && unicodeBidi !== 'bidi-override'
      ? true
      : !display.startsWith('inline') && display !== 'contents'
  }

  /** Ink is no overflow that a browser counts, so something has to cut it off. */
  const isClipped = (element: HTMLElement): boolean => {
    const around = [element, element.parentElement, element.closest('.said')]
    return around.some((each) => each !== null && getComputedStyle(each).overflowY !== 'visible')
  }

  for (const { name, selector, nth = -1, from, text, includes, isBody, isOurs } of places) {
    const element = [...document.querySelectorAll<HTMLElement>(selector)].at(nth)
    if (!element) {
      faults.push(`${name}: not there`)
      continue
    }
    const said =
      from === 'value'
        ? (element as HTMLInputElement).value
        : from
          ? (element.getAttribute(from) ?? '')
          : isBody
            ? bodyText(element)
            : (element.textContent ?? '')
    if (text !== undefined && said !== text) faults.push(`${name}: ${short(said)} instead of ${short(text)}`)
    if (includes !== undefined && !said.includes(includes))
      faults.push(`${name}: ${short(includes)} not in ${short(said)}`)
    if (from) continue
    if (isBody) judgeBody(name, element)
    else if (element.childElementCount > 0) faults.push(`${name}: elements in it: ${element.innerHTML.slice(0, 200)}`)
    if (!isApart(element)) faults.push(`${name}: not set apart from its neighbours`)
    if (piled && !isOurs && !isClipped(element)) faults.push(`${name}: nothing cuts off what sticks out`)
  }

  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) faults.push(`page: wider by ${root.scrollWidth - root.clientWidth} px`)
  for (const box of document.querySelectorAll<HTMLElement>('.viewport, .scroll, .body, dialog, .menu')) {
    if (box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
      faults.push(`.${box.className}: wider by ${box.scrollWidth - box.clientWidth} px`)
  }
  const heights = [...document.querySelectorAll<HTMLElement>('a.item')].map((each) => each.offsetHeight)
  if (heights.some((height) => height > 80)) faults.push(`list: a line of ${Math.max(...heights)} px`)
  const header = document.querySelector<HTMLElement>('.who')?.closest('header')
  if (header && header.offsetHeight > 80) faults.push(`header: ${header.offsetHeight} px high`)
  return faults
}
