// What can be done to a frame so that it is no longer what anybody meant: bytes, characters, tags, attributes, namespaces, nesting,
// size, entities, frames and stream elements. Each mutator is a pure function of the frame and of chance.
import type { Dice } from '../engine/dice.ts'

/** A text, or bytes that are no text. */
export type Frame = string | Uint8Array

type Mutator = (frame: string, dice: Dice, seeds: readonly string[]) => Frame

const characters = [
  ...[
    '\u0000',
    '\u0001',
    '\u000b',
    '\u001f',
    '\u007f',
    '\u0085',
    '\u00ad',
    '\u200b',
    '\u202e',
    '\ufeff',
    '\ufffe',
    '\uffff',
  ],
  ...['\ud800', '\udc00', '\ud83d\ude00', '\u0301', '<', '>', '&', '"', "'", '=', '/', ']]>', '\r', '\n', '\t'],
]
const namespaces = [
  ...[
    'jabber:client',
    'jabber:server',
    'urn:xmpp:carbons:2',
    'urn:xmpp:mam:2',
    'urn:xmpp:sm:3',
    'urn:xmpp:forward:0',
    '',
  ],
  ...[
    'urn:ietf:params:xml:ns:xmpp-framing',
    'http://etherx.jabber.org/streams',
    'urn:ietf:params:xml:ns:xmpp-sasl',
    'x',
  ],
]
const attributes = [
  'from',
  'to',
  'id',
  'type',
  'xmlns',
  'by',
  'h',
  'xml:lang',
  'constructor',
  '__proto__',
  'toString',
  'x:y',
]
const numbers = [
  '-1',
  '0',
  '1',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '1e3',
  'NaN',
  'Infinity',
  ' 1',
  '0x1',
  '',
]
const entities = ['&amp;', '&nbsp;', '&#0;', '&#x1F600;', '&#xD800;', '&#99999999;', '&a;', '&', '&#;', '&#x;', '&lt']
const pieces = [
  ...[
    '<!-- x -->',
    '<?x y?>',
    '<![CDATA[<body>x</body>]]>',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE x>',
    '<x/>',
    '</x>',
    '<>',
    '< a>',
  ],
  ...[
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
    '<?xml version="1.0"?>',
    '<a b=c/>',
    '<a b/>',
    '<1/>',
  ],
]
const streams = [
  '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><undefined-condition xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
  '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></stream:features>',
  '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></stream:features>',
  '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="montague.example" version="1.0"/>',
  '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="evil.example" version="1.0"/>',
  '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
  '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="wss://evil.example/"/>',
  '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',
  '<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl">eA==</challenge>',
  '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>',
  '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="montague.example" version="1.0">',
  '</stream:stream>',
  '<r xmlns="urn:xmpp:sm:3"/>',
  ...['a', 'enabled', 'resumed', 'failed', 'resume', 'enable'].flatMap((name) =>
    numbers.map((h) => `<${name} xmlns="urn:xmpp:sm:3" h="${h}" id="x" previd="x" resume="true"/>`),
  ),
]

const at = (frame: string, dice: Dice): number => dice.between(0, frame.length)
const inserted = (frame: string, where: number, what: string): string =>
  frame.slice(0, where) + what + frame.slice(where)

/** The start or end of a tag, or what is between; null: there is none. */
function tag(frame: string, dice: Dice): { from: number; to: number } | null {
  const all = [...frame.matchAll(/<[^>]*>/g)]
  if (all.length === 0) return null
  const found = dice.pick(all)
  return { from: found.index, to: found.index + found[0].length }
}

function attribute(frame: string, dice: Dice): { from: number; to: number; name: string } | null {
  const all = [...frame.matchAll(/\s([\w:]+)="[^"]*"/g)]
  if (all.length === 0) return null
  const found = dice.pick(all)
  return { from: found.index, to: found.index + found[0].length, name: found[1] ?? '' }
}

/** By name, so that a failure says what was done. */
export const mutators: Readonly<Record<string, Mutator>> = {
  'a character more': (frame, dice) => inserted(frame, at(frame, dice), dice.pick(characters)),
  'characters less': (frame, dice) => {
    const from = at(frame, dice)
    return frame.slice(0, from) + frame.slice(from + dice.between(1, 8))
  },
  'another character': (frame, dice) => {
    const where = at(frame, dice)
    return frame.slice(0, where) + String.fromCharCode(dice.between(0, 0x2ff)) + frame.slice(where + 1)
  },
  'cut off': (frame, dice) => frame.slice(0, at(frame, dice)),
  'a part twice': (frame, dice) => {
    const from = at(frame, dice)
    return inserted(frame, from, frame.slice(from, from + dice.between(1, 80)))
  },
  'a tag less': (frame, dice) => {
    const found = tag(frame, dice)
    return found ? frame.slice(0, found.from) + frame.slice(found.to) : frame
  },
  'a tag twice': (frame, dice) => {
    const found = tag(frame, dice)
    return found ? inserted(frame, found.to, frame.slice(found.from, found.to)) : frame
  },
  'tags in another order': (frame, dice) => {
    const [one, two] = [tag(frame, dice), tag(frame, dice)]
    if (!one || !two || one.to > two.from) return frame
    return (
      frame.slice(0, one.from) +
      frame.slice(two.from, two.to) +
      frame.slice(one.to, two.from) +
      frame.slice(one.from, one.to) +
      frame.slice(two.to)
    )
  },
  'a piece more': (frame, dice) => inserted(frame, tag(frame, dice)?.to ?? 0, dice.pick(pieces)),
  'a piece before': (frame, dice) => dice.pick(pieces) + frame,
  'an entity': (frame, dice) => inserted(frame, tag(frame, dice)?.to ?? 0, dice.pick(entities)),
  'an entity in an attribute': (frame, dice) => {
    const found = attribute(frame, dice)
    return found ? inserted(frame, found.to - 1, dice.pick(entities)) : frame
  },
  'an attribute less': (frame, dice) => {
    const found = attribute(frame, dice)
    return found ? frame.slice(0, found.from) + frame.slice(found.to) : frame
  },
  'an attribute twice': (frame, dice) => {
    const found = attribute(frame, dice)
    return found ? inserted(frame, found.to, frame.slice(found.from, found.to)) : frame
  },
  'an attribute more': (frame, dice) => {
    const found = attribute(frame, dice)
    return found
      ? inserted(frame, found.to, ` ${dice.pick(attributes)}="${dice.pick([...numbers, ...namespaces])}"`)
      : frame
  },
  'an attribute of another': (frame, dice) => {
    const [one, two] = [attribute(frame, dice), attribute(frame, dice)]
    if (!one || !two) return frame
    const value = /="([^"]*)"/.exec(frame.slice(two.from, two.to))?.[1] ?? ''
    return `${frame.slice(0, one.from)} ${one.name}="${value}"${frame.slice(one.to)}`
  },
  'a number': (frame, dice) => {
    const found = attribute(frame, dice)
    return found ? `${frame.slice(0, found.from)} ${found.name}="${dice.pick(numbers)}"${frame.slice(found.to)}` : frame
  },
  'a namespace': (frame, dice) => frame.replace(/xmlns="[^"]*"/, `xmlns="${dice.pick(namespaces)}"`),
  'a prefix': (frame, dice) => {
    const name = dice.pick(['x', 'xml', 'xmlns', 'stream'])
    const declared = dice.roll() < 0.5 ? ` xmlns:${name}="${dice.pick(namespaces)}"` : ''
    return frame.replace(/^<(\w+)([\s\S]*<\/)(\w+)>$/, `<${name}:$1${declared}$2${name}:$3>`)
  },
  'another root': (frame, dice) => {
    const root = dice.pick(['message', 'presence', 'iq', 'open', 'features', 'a', 'constructor'])
    return frame.replace(/^<\w+/, `<${root}`).replace(/<\/\w+>$/, `</${root}>`)
  },
  'another seed inside': (frame, dice, seeds) => inserted(frame, tag(frame, dice)?.to ?? 0, dice.pick(seeds)),
  'two in one': (frame, dice, seeds) => frame + dice.pick(['', ' ', '\n']) + dice.pick(seeds),
  'halves of two': (frame, dice, seeds) => {
    const second = dice.pick(seeds)
    return frame.slice(0, at(frame, dice)) + second.slice(at(second, dice))
  },
  spaces: (frame, dice) =>
    dice.pick([' ', '\n\t', '\r\n', '\u00a0', '\ufeff']) + frame + dice.pick(['', ' ', '\u0000']),
  'nothing at all': (_frame, dice) => dice.pick(['', ' ', '\n', '<', '>', '&', '\ufeff', 'null', '{}', '[]', '<a']),
  long: (frame, dice) => inserted(frame, tag(frame, dice)?.to ?? 0, 'x'.repeat(dice.between(1_000, 60_000))),
  deep: (frame, dice) => {
    const depth = dice.pick([10, 62, 63, 64, 65, 500])
    return inserted(frame, tag(frame, dice)?.to ?? 0, '<a>'.repeat(depth) + '</a>'.repeat(depth))
  },
  wide: (frame, dice) => inserted(frame, tag(frame, dice)?.to ?? 0, '<a/>'.repeat(dice.between(100, 2_000))),
  'many attributes': (frame, dice) => {
    const more = Array.from({ length: dice.between(10, 500) }, (_, index) => ` a${index}=""`).join('')
    return frame.replace(/^<\w+/, (start) => start + more)
  },
  'an element of the stream': (_frame, dice) => dice.pick(streams),
  'an element of the stream inside': (frame, dice) => inserted(frame, tag(frame, dice)?.to ?? 0, dice.pick(streams)),
  bytes: (frame) => new TextEncoder().encode(frame),
  'as it is': (frame) => frame,
}

/** Too large for every day: each once in a while. */
export const giants: Readonly<Record<string, () => Frame>> = {
  '20,000 deep': () => `<message xmlns="jabber:client">${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</message>`,
  '20,000 deep and never closed': () => `<message xmlns="jabber:client">${'<a>'.repeat(20_000)}`,
  '100,000 siblings': () =>
    `<message xmlns="jabber:client" from="juliet@capulet.example">${'<a/>'.repeat(100_000)}</message>`,
  '1 MB of text': () => `<message xmlns="jabber:client"><body>${'x'.repeat(1_048_576)}</body></message>`,
  '1 MB of ampersands': () => `<message xmlns="jabber:client"><body>${'&'.repeat(500_000)}</body></message>`,
  '400 kB of one attribute': () => `<message xmlns="jabber:client" id="${'x'.repeat(400_000)}"/>`,
  '50,000 attributes': () =>
    `<message xmlns="jabber:client"${Array.from({ length: 50_000 }, (_, index) => ` a${index}=""`).join('')}/>`,
  'a billion laughs': () =>
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><message xmlns="jabber:client">&b;</message>',
}

/** After which a frame mostly still is XML: these reach what lies behind the reader. */
const gentle = [
  ...[
    'an attribute less',
    'an attribute of another',
    'an attribute more',
    'a number',
    'a namespace',
    'another root',
    'long',
  ],
  ...[
    'another seed inside',
    'wide',
    'deep',
    'many attributes',
    'an element of the stream inside',
    'as it is',
    'a prefix',
  ],
]

/** One to three mutations of a seed, and what was done. */
export function mutated(seeds: readonly string[], dice: Dice): { readonly frame: Frame; readonly how: string } {
  const names = dice.roll() < 0.6 ? gentle : Object.keys(mutators)
  let frame: Frame = dice.pick(seeds)
  const how: string[] = []
  for (let left = dice.between(1, 3); left > 0 && typeof frame === 'string'; left--) {
    const name = dice.pick(names)
    how.push(name)
    frame = mutators[name]?.(frame, dice, seeds) ?? frame
  }
  return { frame, how: how.join(', ') }
}
