// R10 where no page is needed: sentences around a text, what XML refuses, links, initials, config.json, host-meta; and how
// long the reading of a megabyte takes.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Catalogue } from '#i18n/format.ts'
import type { Messages } from '#i18n/catalogue.ts'
import { readBody } from '#model/body.ts'
import { readConfig } from '#model/config.ts'
import type { Block, Inline } from '#model/styling.ts'
import { readHostMeta } from '#xmpp/host-meta.ts'
import { readXml } from '#xmpp/xml.ts'
import { canary, corpus, onTheWire, xmlOf } from './hostile/corpus.ts'
import { bodyOf, valueOf } from './hostile/expected.ts'
import { report } from './report.ts'

/** ms of processor time. */
const mostTime = 50
const faults: string[] = []
const places = new Map<string, number>()
const started = Date.now()
const look = (place: string, id: string, isGood: boolean, what = ''): void => {
  places.set(place, (places.get(place) ?? 0) + 1)
  if (!isGood) faults.push(`${id}: ${place} ${what.slice(0, 120)}`)
}

it('the file is what its generator makes', () => {
  execFileSync(process.execPath, ['corpus/make.mjs', '--check'])
  expect(corpus.length).toBeGreaterThanOrEqual(1_500)
  expect(new Set(corpus.map(({ id }) => id)).size).toBe(corpus.length)
})

const languages = ['en', 'bg', 'ar'] as const
const rightToLeft =
  /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Adlam}\p{sc=Mende_Kikakui}\p{sc=Hanifi_Rohingya}\p{sc=Cypriot}]/u

it.each(languages)('no value turns its sentence round: %s', (language) => {
  const file = new URL(`../../src/lib/i18n/compiled/${language}.json`, import.meta.url)
  const catalogue = new Catalogue(JSON.parse(readFileSync(file, 'utf8')) as Messages, language, () => 0)
  const sentences: Record<string, (text: string) => string> = {
    'nothing found': (query) => catalogue.t('list.noMatch', { query }),
    request: (name) => catalogue.t('request.title', { name }),
    question: (name) => catalogue.t('contact.removeTitle', { name }),
    'name of the pane': (name) => catalogue.t('conversation.label', { name }),
    'name of the field': (name) => catalogue.t('composer.label', { name }),
    news: (text) => catalogue.t('timeline.announce', { name: 'x', text }),
  }
  for (const { id, text } of onTheWire) {
    for (const [place, sentence] of Object.entries(sentences)) {
      const said = sentence(text)
      const value = valueOf(text)
      const isForeign =
        language === 'ar' ? /(?=\p{L})[\p{sc=Latin}\p{sc=Thai}\p{sc=Hangul}]/u.test(value) : rightToLeft.test(value)
      const isWhole = said.includes(isForeign ? `\u2068${value}\u2069` : value)
      const controls = said.match(/[\u202a-\u202e\u2066\u2067\u200e\u200f\u061c]/)
      look(`${place}, ${language}`, id, isWhole && controls === null, JSON.stringify(said))
    }
  }
})

it('what XML has no place for never gets in', () => {
  for (const { id, text, sent, expect: wanted } of corpus) {
    if (wanted !== 'refused') continue
    // Half a surrogate cannot even be a frame: the browser replaces it.
    const xml = sent ?? xmlOf(text)
    let isRead = true
    try {
      readXml(`<body>${xml.isWellFormed() ? xml : '\ufffe'}</body>`, { maxDepth: 2 })
    } catch {
      isRead = false
    }
    look('XML', id, !isRead)
  }
})

it('only what is harmless is a link, and says where it leads', () => {
  for (const { id, text, expect: wanted } of onTheWire) {
    const links = readBody(text, text.length < 20_000).blocks.flatMap(linksOf)
    for (const { text: shown, href, shownHost } of links) {
      const isHarmless = /^(https?|xmpp|mailto|tel|geo):/.test(href)
      const isBare = wanted === 'unlinked' && text.trimStart().startsWith(shown)
      const host = /^https?:\/\/([^/?#:]+)/.exec(href)?.[1] ?? ''
      const isPlain = shown.toLowerCase().includes(host) || (shownHost ?? '').includes(host)
      look('link', id, isHarmless && !isBare && (wanted !== 'undisguised' || isPlain), href)
    }
    // Without quotes, code and actions nothing of a text is lost.
    if (text.length <= 5_000 && !/^\/me /.test(text) && !/^(>|```)/m.test(text))
      look('message as read', id, bodyOf(text) === text, bodyOf(text))
  }
})

function linksOf(block: Block): (Inline & { kind: 'link' })[] {
  if (block.kind === 'code') return []
  if (block.kind === 'quote') return block.children.flatMap(linksOf)
  const within = (inline: Inline): (Inline & { kind: 'link' })[] =>
    inline.kind === 'link' ? [inline] : 'children' in inline ? inline.children.flatMap(within) : []
  return block.children.flatMap(within)
}

it('an operator’s file and a domain’s answer say nothing that runs', async () => {
  for (const { id, text } of onTheWire) {
    const { config, problems } = readConfig(JSON.parse(JSON.stringify({ name: text, endpoint: text, [text]: text })))
    const isKept =
      config.name === text ? [...text].length <= 40 && /[\p{L}\p{N}]/u.test(text) : config.name === 'Besedka'
    look('config.json', id, isKept && Object.getPrototypeOf(config) === Object.prototype && problems.length < 9)
    const answer = JSON.stringify({ links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: text }] })
    const found = await readHostMeta('https://example.org', () => Promise.resolve(new Response(answer)), 1_000)
    look(
      'host-meta',
      id,
      found.every(({ links }) => links.every((link) => link === text)),
    )
  }
})

it('a megabyte is read in the time of three frames, and nothing of all this was amiss', () => {
  const times: { id: string; ms: number }[] = []
  for (const { id, text } of corpus.filter((each) => each.class === 'huge' || each.class === 'slow')) {
    let best = Infinity
    for (let turn = 0; turn < 3 && best > mostTime / 2; turn++) {
      const before = process.cpuUsage()
      readBody(text)
      if (text.length < 300_000) readBody(text, true)
      const { user, system } = process.cpuUsage(before)
      best = Math.min(best, (user + system) / 1000)
    }
    times.push({ id, ms: Math.round(best) })
  }
  const slow = times.filter(({ ms }) => ms > mostTime)
  const looks = [...places.values()].reduce((sum, each) => sum + each, 0)
  report('R10', {
    case: 'without a page',
    held: faults.length === 0 && slow.length === 0,
    on: [],
    counts: {
      cases: corpus.length,
      places: places.size,
      looks,
      faults: faults.length,
      'worst ms': Math.max(...times.map(({ ms }) => ms)),
      canary: canary.host,
    },
    seconds: Math.round((Date.now() - started) / 1000),
  })
  expect(faults.slice(0, 50)).toEqual([])
  expect(slow).toEqual([])
})
