/**
 * Finds links in one line of a peer's text: only schemes that cannot run anything, never with credentials, and with the
 * true host named where letters may deceive. Linear in the length of the line. Drawing them is left to ui/timeline.
 */
import { asciiOf, readHost } from './host.ts'
import { readJid } from './jid.ts'

export interface Link {
  /** UTF-16 positions in the line. */
  readonly from: number
  readonly to: number
  /** Normalised; its scheme is https, http, xmpp, mailto, tel or geo. */
  readonly href: string
  /** The host in its "xn--" form where what is written could pass for another; null: nothing to warn of. */
  readonly shownHost: string | null
}

/** Longer runs are no addresses people exchange; they stay text. */
const maxLength = 2048

const start = /https?:\/\/|xmpp:|mailto:|tel:|geo:|www\./gi
// White space, controls, signs that end an address in running text, and whatever could reorder or hide part of it.
const end =
  /[\s"<>\\^`{|}\p{Cc}\p{Cf}\p{Cs}\u00ab\u00bb\u2018-\u201f\u3000-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]/gu

/** The first `max` links of a line from left to right, none inside another. */
export function findLinks(line: string, max = Infinity): Link[] {
  const links: Link[] = []
  start.lastIndex = 0
  for (let hit = start.exec(line); hit !== null && links.length < max; hit = start.exec(line)) {
    const from = hit.index
    // "xhttp://" is a word of its own; but scripts without spaces run straight into an address.
    if (from > 0 && /[A-Za-z0-9+]/.test(line.charAt(from - 1))) continue
    end.lastIndex = start.lastIndex
    const stop = end.exec(line)?.index ?? line.length
    // Whatever this run turns out to be, it is never looked at again: that keeps the work linear.
    start.lastIndex = Math.max(stop, start.lastIndex)
    const to = from + trimmedLength(line.slice(from, Math.min(stop, from + maxLength + 1)))
    const found = to - from > maxLength ? null : addressOf(line.slice(from, to))
    if (found !== null) links.push({ from, to, ...found })
  }
  return links
}

/** Length without the signs that belong to the sentence: full stops, quotes, styling, brackets opened outside. */
function trimmedLength(run: string): number {
  const open = { ')': 0, ']': 0 }
  for (const letter of run) {
    if (letter === '(') open[')']++
    else if (letter === '[') open[']']++
    else if (letter === ')' || letter === ']') open[letter]--
  }
  let length = run.length
  for (; length > 0; length--) {
    const last = run.charAt(length - 1)
    if (last === ')' || last === ']') {
      if (open[last] >= 0) break
      open[last]++
    } else if (!".,:;!?'*_~…".includes(last)) break
  }
  return length
}

type Address = Pick<Link, 'href' | 'shownHost'>

function addressOf(run: string): Address | null {
  const scheme = /^[a-z]+(?=:)/i.exec(run)?.[0].toLowerCase() ?? 'https'
  if (scheme === 'xmpp') return xmppAddress(run)
  if (scheme === 'mailto') return /^mailto:[^@?&/]+@[^@?&/]+(?:\?.*)?$/i.test(run) ? plain(run) : null
  if (scheme === 'tel') return /^tel:\+?[0-9][0-9().-]*(?:;[a-z0-9=+.-]+)*$/i.test(run) ? plain(run) : null
  if (scheme === 'geo') return /^geo:-?\d[\d.]*(?:,-?\d[\d.]*){1,2}(?:[;?][^?]*)*$/i.test(run) ? plain(run) : null
  return webAddress(/^www\./i.test(run) ? `https://${run}` : run)
}

function plain(run: string): Address | null {
  const url = urlOf(run)
  return url && { href: url.href, shownHost: null }
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function xmppAddress(run: string): Address | null {
  const path = /^xmpp:(?:\/\/[^/]*\/)?([^?#]*)/i.exec(run)?.[1] ?? ''
  try {
    return readJid(decodeURIComponent(path)) === null ? null : plain(run)
  } catch {
    return null
  }
}

function webAddress(text: string): Address | null {
  const typed = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ''
  const url = urlOf(text)
  if (url === null) return null
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  // "https://bank.example@evil.example" leads to evil.example.
  if (url.username !== '' || url.password !== '' || typed.includes('@')) return null
  return { href: url.href, shownHost: shownHost(typed.replace(/:\d*$/, '')) }
}

/** The ASCII form of a written host where it could be taken for another one; null where it reads as what it is. */
export function shownHost(written: string): string | null {
  const host = written.toLowerCase().replace(/\.$/, '')
  if (/^[a-z0-9.-]+$/.test(host) || host.startsWith('[')) return null
  const read = readHost(host)
  const ascii = asciiOf(host)
  // Written in other letters than those it stands for (fullwidth, ligatures, invisible ones).
  if (read === null || read !== host.normalize('NFC')) return ascii ?? host
  const labels = read.split('.')
  return labels.every((label) => isPlainLabel(label, labels.at(-1) as string)) ? null : ascii
}

/** Scripts that are written together; anything else in one label is a disguise. */
const scripts = [
  /^[\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Cyrillic}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Greek}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Hangul}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Bopomofo}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Arabic}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Hebrew}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Devanagari}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Thai}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Georgian}\p{sc=Common}\p{sc=Inherited}]+$/u,
  /^[\p{sc=Armenian}\p{sc=Common}\p{sc=Inherited}]+$/u,
]

// Cyrillic and Greek letters that look like Latin ones: a label of nothing else reads as another word.
const lookalikes = /^[аԁегһіјкӏмоорԛѕстуԝхъьуүѵαβγεηικνορυτχω0-9-]+$/u
/** Latin letters without a shape of their own: "ı" for "i", "ł" for "l", and letters of the phonetic blocks. */
const strangeLatin = /[ıȷłɩɡɑʟœɴƅƽƿӏ\u0250-\u02af\u1d00-\u1dbf\ua720-\ua7ff]/u
/** Marks and signs that pass for dots, slashes or nothing. */
const strangeCommon = /[^\p{L}\p{N}\p{M}-]|[\u0300-\u036f]/u

function isPlainLabel(label: string, top: string): boolean {
  if (/^[a-z0-9_-]+$/.test(label)) return true
  if (strangeCommon.test(label) || strangeLatin.test(label)) return false
  if (!scripts.some((script) => script.test(label))) return false
  const isOwnTop = !/^[a-z0-9-]+$/.test(top)
  return isOwnTop || !lookalikes.test(label)
}
