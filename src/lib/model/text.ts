/** Small pure questions about text: its bytes, what must not be sent, one line of it. Safe on half surrogates. */

/** Bytes of UTF-8; a half surrogate counts as U+FFFD, as an encoder would write it. */
export function byteLength(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit >= 0xd800 && unit <= 0xdbff && isLow(text.charCodeAt(at + 1))) {
      bytes += 4
      at++
    } else bytes += 3
  }
  return bytes
}

/**
 * Takes out what XML 1.0 section 2.2 forbids: a server would end the stream over it. Line breaks become "\n",
 * half surrogates U+FFFD.
 */
export function stripControls(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // eslint-disable-next-line no-control-regex -- these characters are what it takes out
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '')
      .replace(/\p{Cs}/gu, '\ufffd')
  )
}

/** Controls that turn the reading order; names of people must not carry them. */
const bidiControls = /[\u202a-\u202e\u2066-\u2069]/g

/** A name as it may stand inside a sentence: one line, no controls that reorder its neighbours. */
export function stripName(name: string): string {
  return stripControls(name).replace(bidiControls, '').replace(/\s+/g, ' ').trim()
}

/** The first line that says something, cut to at most `max` UTF-16 units with "…", never through a surrogate pair. */
export function firstLine(text: string, max: number): string {
  // A preview needs no more than this, whatever the length of the body.
  const head = text.slice(0, max * 4 + 256)
  const line =
    head
      .split('\n')
      .find((each) => each.trim() !== '')
      ?.trim() ?? ''
  if (line.length <= max) return line
  return `${cut(line, Math.max(0, max - 1)).trimEnd()}…`
}

/** The first `max` UTF-16 units, one fewer where a surrogate pair would be halved. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  return text.slice(0, isLow(text.charCodeAt(max)) && isHigh(text.charCodeAt(max - 1)) ? max - 1 : max)
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
