/**
 * The PRECIS rules an XMPP address needs: which characters a local part and a resource may have, and how they are
 * brought to one form (RFC 8264, 8265, 7613). Splitting addresses is left to jid.ts.
 */

// RFC 7622 section 3.3.1.
const excludedFromLocal = /["&'/:<>@]/
const identifierLetter = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]$/u
// RFC 8264 section 9.6, as far as the classes above do not say it already.
const exceptionallyValid = /^[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007]$/
const exceptionallyNot = /^(?:[\u0640\u07fa\u3031-\u3035\u303b]|\u302e|\u302f)$/
const oldJamo = /^[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]$/
const wide = /[\u3000\uff01-\uffee]/g
const rtlLetter =
  /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Samaritan}\p{sc=Mandaic}\p{sc=Adlam}]/u
const anyLetter = /^\p{L}$/u
const arabicDigit = /[\u0660-\u0669]/
const otherDigit = /[0-9\u06f0-\u06f9]/
const bidiControl = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** Full- and half-width forms as their ordinary letters (RFC 8265 section 3.2.2). */
export function mapWidth(text: string): string {
  return text.replace(wide, (letter) => letter.normalize('NFKC'))
}

/** UsernameCaseMapped without its character classes: width, lower case, NFC. */
export function caseMapped(text: string): string {
  return mapWidth(text).toLowerCase().normalize('NFC')
}

/**
 * The first character a mapped local part must not have, by what every server agrees on; null where there is none.
 * Servers with older rules (RFC 6122) admit symbols that PRECIS forbids, and their people must be reachable.
 */
export function nonsenseInLocal(local: string): string | null {
  return (excludedFromLocal.exec(local) ?? bidiControl.exec(local) ?? /[\p{Cc}\p{Cs}\p{Z}]/u.exec(local))?.[0] ?? null
}

/** The first character of a mapped local part that the IdentifierClass or the bidi rule forbids; null where there is none. */
export function illegalInLocal(local: string): string | null {
  const nonsense = nonsenseInLocal(local)
  if (nonsense !== null) return nonsense
  for (const letter of local) if (!isIdentifier(letter)) return letter
  const alone = contextBreach(local)
  return alone ?? bidiBreach(local)
}

function isIdentifier(letter: string): boolean {
  const code = letter.codePointAt(0) as number
  if (code < 0x80) return code > 0x20 && code < 0x7f
  if (exceptionallyNot.test(letter) || oldJamo.test(letter)) return false
  if (exceptionallyValid.test(letter) || isContextual(letter)) return true
  return identifierLetter.test(letter) && letter.normalize('NFKC') === letter
}

// The joiners of RFC 5892 appendix A.1 and A.2 are left out on purpose: in a typed address they are paste accidents.
function isContextual(letter: string): boolean {
  return /^[\u00b7\u0375\u05f3\u05f4\u30fb]$/.test(letter)
}

/** RFC 5892 appendix A.3 to A.9. */
function contextBreach(local: string): string | null {
  const letters = Array.from(local)
  for (const [index, letter] of letters.entries()) {
    const before = letters[index - 1] ?? ''
    const after = letters[index + 1] ?? ''
    if (letter === '\u00b7' && !(before === 'l' && after === 'l')) return letter
    if (letter === '\u0375' && !/\p{sc=Greek}/u.test(after)) return letter
    if ((letter === '\u05f3' || letter === '\u05f4') && !/\p{sc=Hebrew}/u.test(before)) return letter
    if (letter === '\u30fb' && !/[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u.test(local.replaceAll('\u30fb', '')))
      return letter
  }
  if (arabicDigit.test(local)) return /[\u06f0-\u06f9]/.exec(local)?.[0] ?? null
  return null
}

/** RFC 5893 section 2: one direction, begins and ends with it; the character that breaks it, or null. */
function bidiBreach(local: string): string | null {
  if (!rtlLetter.test(local)) return null
  const letters = Array.from(local)
  const first = letters[0] as string
  if (!rtlLetter.test(first)) return first
  for (const letter of letters) if (anyLetter.test(letter) && !rtlLetter.test(letter)) return letter
  const last = letters.filter((letter) => !/^\p{Mn}$/u.test(letter)).at(-1) ?? first
  if (!rtlLetter.test(last) && !arabicDigit.test(last) && !otherDigit.test(last)) return last
  const mixed = arabicDigit.test(local) ? otherDigit.exec(local) : null
  return mixed?.[0] ?? null
}

/** OpaqueString (RFC 8265 section 4.2): spaces to U+0020, NFC; null where a character is forbidden or nothing is left. */
export function opaqueString(text: string): string | null {
  const mapped = text.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  return mapped === '' || isNonsenseOpaque(mapped) ? null : mapped
}

/** True where text cannot be a resource by any rules: controls, line breaks, half surrogates. */
export function isNonsenseOpaque(text: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
}
