/**
 * Addresses (RFC 7622) as branded strings that only this file makes: whoever holds one holds its canonical form, so they
 * compare with ===. Reading the wire forgives what servers may send; addresses typed by people are checked strictly.
 */
import { readHost } from './host.ts'
import { caseMapped, illegalInLocal, isNonsenseOpaque, mapWidth, nonsenseInLocal, opaqueString } from './precis.ts'
import { byteLength } from './text.ts'

declare const jidBrand: unique symbol
declare const kindBrand: unique symbol

/** Any address in canonical form. */
export type Jid = string & { readonly [jidBrand]: true }
/** `local@domain` or `domain`. */
export type BareJid = Jid & { readonly [kindBrand]: 'bare' }
/** `local@domain/resource` or `domain/resource`. */
export type FullJid = Jid & { readonly [kindBrand]: 'full' }

export interface JidParts {
  readonly local: string | null
  readonly domain: string
  readonly resource: string | null
}

/** Why a typed address is refused. */
export type AddressFault = 'empty' | 'no-domain' | 'illegal-character' | 'too-long' | 'has-resource' | 'bad-domain'

export type CheckedAddress =
  { ok: true; jid: BareJid } | { ok: false; why: AddressFault; /** The one to point at. */ character?: string }

/** RFC 7622 section 3.1: bytes of UTF-8 in each part. */
const maxBytes = 1023

/** Parts of an address from the wire, local part and domain in canonical form; null where it is no address. */
export function parseJid(text: string): JidParts | null {
  // Three parts and two separators; what is longer cannot be an address and is not looked at.
  if (text.length > 3 * maxBytes + 2) return null
  const raw = split(text)
  if (raw.local === '' || raw.resource === '') return null
  const domain = readHost(raw.domain)
  if (domain === null || byteLength(domain) > maxBytes) return null
  const local = raw.local === null ? null : caseMapped(raw.local)
  if (local !== null && (nonsenseInLocal(local) !== null || byteLength(local) > maxBytes)) return null
  // A resource is kept as it came: a server that does not normalise routes by these very bytes.
  const { resource } = raw
  if (resource !== null && (isNonsenseOpaque(resource) || byteLength(resource) > maxBytes)) return null
  return { local, domain, resource }
}

/** An address from the wire; null where it is nonsense or missing. */
export function readJid(text: string | null | undefined): Jid | null {
  const parts = typeof text === 'string' ? parseJid(text) : null
  if (parts === null) return null
  const bare = parts.local === null ? parts.domain : `${parts.local}@${parts.domain}`
  return (parts.resource === null ? bare : `${bare}/${parts.resource}`) as Jid
}

export function bareOf(jid: Jid): BareJid {
  const slash = jid.indexOf('/')
  return (slash === -1 ? jid : jid.slice(0, slash)) as BareJid
}

export function resourceOf(jid: Jid): string | null {
  const slash = jid.indexOf('/')
  return slash === -1 ? null : jid.slice(slash + 1)
}

export function localOf(jid: Jid): string | null {
  const bare = bareOf(jid)
  const at = bare.indexOf('@')
  return at === -1 ? null : bare.slice(0, at)
}

export function domainOf(jid: Jid): string {
  const bare = bareOf(jid)
  return bare.slice(bare.indexOf('@') + 1)
}

export function isBare(jid: Jid): jid is BareJid {
  return !jid.includes('/')
}

/** Joins an address and a resource (OpaqueString); throws RangeError where the resource is empty, too long or illegal. */
export function fullJid(bare: BareJid, resource: string): FullJid {
  const mapped = opaqueString(resource)
  if (mapped === null || byteLength(mapped) > maxBytes) throw new RangeError('no resource by RFC 7622 section 3.4')
  return `${bareOf(bare)}/${mapped}` as FullJid
}

/**
 * Checks an address typed or pasted by a person: spaces around it and "xmpp:" (RFC 5122) are forgiven, the rest is strict.
 * Without "@" the answer is `no-domain`: a bare host is not what people mean by an address.
 */
export function checkAddress(text: string): CheckedAddress {
  const typed = addressIn(text.trim())
  if (typed === null) return { ok: false, why: 'illegal-character', character: '%' }
  // Fullwidth signs are what East Asian keyboards give, "＠" among them.
  const raw = split(mapWidth(typed))
  if (typed === '') return { ok: false, why: 'empty' }
  if (raw.local === null || raw.domain === '') return { ok: false, why: 'no-domain' }
  if (raw.local === '') return { ok: false, why: 'empty' }
  if (raw.resource !== null) return { ok: false, why: 'has-resource' }
  if (raw.local.length > maxBytes || raw.domain.length > maxBytes) return { ok: false, why: 'too-long' }
  const local = caseMapped(raw.local)
  const illegal = illegalInLocal(local)
  if (illegal !== null) return { ok: false, why: 'illegal-character', character: illegal }
  if (byteLength(local) > maxBytes) return { ok: false, why: 'too-long' }
  return checkDomain(local, raw.domain)
}

function checkDomain(local: string, typed: string): CheckedAddress {
  const isLiteral = typed.startsWith('[')
  const illegal = isLiteral ? null : /[\0-\x2c/:-@[-`{-\x7f\p{Z}\p{Cc}\p{Cf}\p{Cs}]/u.exec(typed.replaceAll('_', ''))
  if (illegal) return { ok: false, why: 'illegal-character', character: illegal[0] }
  const domain = readHost(typed)
  if (domain === null) return { ok: false, why: 'bad-domain' }
  const labels = domain.split('.')
  if (!isLiteral && labels.some((label) => label.startsWith('-') || label.endsWith('-')))
    return { ok: false, why: 'bad-domain' }
  // DNS counts bytes of the "xn--" form; letters are close enough to refuse what is hopeless (RFC 1035 section 2.3.4).
  if (domain.length > 253 || labels.some((label) => label.length > 63)) return { ok: false, why: 'too-long' }
  return { ok: true, jid: `${local}@${domain}` as BareJid }
}

/** Takes off "xmpp:", an authority and a query; null where the percent-encoding is broken. */
function addressIn(text: string): string | null {
  if (!/^xmpp:/i.test(text)) return text
  const path = text
    .slice(5)
    .replace(/^\/\/[^/]*\//, '')
    .split(/[?#]/, 1)[0]
  try {
    return decodeURIComponent(path ?? '').trim()
  } catch {
    return null
  }
}

/** RFC 7622 section 3.1: first the resource behind the first "/", then the local part before the first "@". */
function split(text: string): { local: string | null; domain: string; resource: string | null } {
  const slash = text.indexOf('/')
  const bare = slash === -1 ? text : text.slice(0, slash)
  const at = bare.indexOf('@')
  return {
    local: at === -1 ? null : bare.slice(0, at),
    domain: bare.slice(at + 1),
    resource: slash === -1 ? null : text.slice(slash + 1),
  }
}
