// Texts whose characters pile up, pass for others, fall apart or may not be there at all.
import { range, sign } from './sign.mjs'

/** XML 1.0 section 2.2 has no place for most of them: a stream ends over such a text, however it is escaped. */
const controls = () => [
  ...range(0, 0x1f)
    .filter((code) => ![0x9, 0xa, 0xd].includes(code))
    .flatMap((code) => [
      { text: `a${sign(code)}b`, expect: 'refused' },
      { text: `a${sign(code)}b`, expect: 'refused', sent: `a&#${code};b` },
    ]),
  ...range(0x7f, 0x9f).map((code) => `a${sign(code)}b`),
  '\x9b31mred in a terminal',
  '\x9d0;title\x9c',
  { text: '\x1b[31mred\x1b[0m', expect: 'refused' },
  { text: '\x1b]0;title\x07', expect: 'refused' },
]

const surrogates = [
  ...[0xd800, 0xdbff, 0xdc00, 0xdfff].flatMap((code) => [
    String.fromCharCode(code),
    `a${String.fromCharCode(code)}b`,
    String.fromCharCode(code).repeat(10),
  ]),
  '\udc00\ud800',
  '\ud83d',
  'cut \ud83d',
  '\ude00 rest',
]
const halves = () => [
  ...surrogates.map((text) => ({ text, expect: 'refused' })),
  { text: '\ud83d\ude00', expect: 'refused', sent: '&#xd83d;&#xde00;' },
  { text: '\ud800', expect: 'refused', sent: '&#xd800;' },
]

const nonsense = () => [
  ...[0xfffe, 0xffff].map((code) => ({ text: `a${sign(code)}b`, expect: 'refused' })),
  ...range(0xfdd0, 0xfdef).map((code) => `a${sign(code)}b`),
  ...range(1, 16).flatMap((plane) => [`a${sign(plane * 0x10000 + 0xfffe)}b`, `a${sign(plane * 0x10000 + 0xffff)}b`]),
  ...[0xe000, 0xf8ff, 0xf0000, 0xffffd, 0x100000, 0x10fffd].map((code) => `private ${sign(code)}`),
  ...[0x378, 0x530, 0x1c8a, 0x2fe0, 0x40000, 0x50000, 0xe0fff].map((code) => `unassigned ${sign(code)}`),
  '\ufffd\ufffd\ufffd',
  '\ufffc object',
]

const marks = range(0x300, 0x36f).map(sign)
const piles = () => [
  ...[1, 2, 5, 10, 20, 50, 100, 500].map((height) => ({
    recipe: [
      ['Z', 1],
      [marks.join(''), Math.ceil(height / marks.length)],
      ['a', 1],
      ['\u0301', height],
    ],
  })),
  { recipe: [[`Z${marks.slice(0, 40).join('')}`, 50]] },
  { recipe: [[`a${'\u0489'.repeat(20)}`, 20]] },
  {
    recipe: [
      ['\u0e01', 1],
      ['\u0e4a', 100],
    ],
  },
  { recipe: [['\u0e49', 300]] },
  {
    recipe: [
      ['\u0f40', 1],
      ['\u0f90\u0f71', 60],
    ],
  },
  {
    recipe: [
      ['\u0628', 1],
      ['\u064e\u0651', 60],
    ],
  },
  {
    recipe: [
      ['\u05d0', 1],
      ['\u05b0\u05c1', 60],
    ],
  },
  { recipe: [['\u1100', 200]] },
  { recipe: [['\u0915\u094d', 100]] },
  {
    recipe: [
      ['o', 1],
      ['\u20dd', 30],
    ],
  },
  { recipe: [['\u0334x', 200]] },
  '\u0301 begins with a mark',
  'a\u0300\u0316\u031b\u0327\u0321',
  '\u0c1c\u0c4d\u0c1e\u200c\u0c3e',
  '\u0633\u0645\u064e\u0640\u064e\u0651\u0648\u064f\u0648\u064f\u062d\u062e',
  '\u1e9b\u0323',
  '\u{1d15f}',
  '\ufb2c',
]

const pairs = () => [
  ...[
    ['\u00e9', 'e\u0301'],
    ['\u212b', '\u00c5'],
    ['\u1e69', 's\u0323\u0307'],
    ['s\u0307\u0323', '\u1e9b\u0323'],
    ['\uac00', '\u1100\u1161'],
    ['\ufb01', 'fi'],
    ['\u00b5', '\u03bc'],
    ['\u2126', '\u03a9'],
    ['\uff21', 'A'],
    ['\u2460', '1'],
    ['\u00df', 'ss'],
    ['\u0130', 'i\u0307'],
    ['\u0131', 'I'],
    ['\u03c2', '\u03c3'],
    ['\u1e9e', '\u00df'],
    ['\u0149', '\u02bcn'],
    ['\ufdfa', '\u0635\u0644\u0649'],
    ['\u{1d400}', 'A'],
    ['\u3300', '\u30a2'],
    ['\u1fb3', '\u03b1\u0345'],
  ].flat(),
  { recipe: [['\ufdfa', 500]] },
  { recipe: [['\u0390', 500]] },
  { recipe: [['\u1f82', 500]] },
]

const lookalikes = () => [
  '\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425',
  'p\u0430yp\u0430l support',
  '\u0391dmin',
  'Adm\u0456n',
  'adm\u0131n',
  'rnoderator',
  'vv\u0432\u0432w',
  'l1I|\u2223\u01c0',
  '0O\u041e\u039f\u06f0',
  '\uff41\uff44\uff4d\uff49\uff4e',
  '\u{1d4d0}\u{1d4f7}\u{1d4f7}\u{1d4ea}',
  '\u24b6\u24dd\u24dd\u24d0',
  '\u{1f170}\u{1f17d}\u{1f17d}',
  '\u1d00\u0274\u0274\u1d00',
  '\u2c6fnna',
  '\u0250\u0287\u0250\u0250',
  '\u13aa\u0274\u0274\u13aa',
  '\u2010\u2011\u2012\u2013\u2014\u2212',
  '\u2018\u2019\u201a\u201b\u2032\u02bc',
  'Anna\u2004(you)',
  'You',
  'System',
  'Besedka \u2713',
  '\u2705 verified',
  '\u{1f512} Encrypted',
]

const emoji = () => [
  '\u{1f600}',
  '\u{1f600}\u{1f600}\u{1f600}',
  '\u{1f600}\u{1f600}\u{1f600}\u{1f600}',
  '\u2764\ufe0f',
  '\u2764',
  '\u2764\ufe0e',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}',
  '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}',
  '\u{1f3f3}\ufe0f\u200d\u{1f308}',
  '\u{1f3f4}\u200d\u2620\ufe0f',
  '\u{1f1e7}\u{1f1ec}',
  '\u{1f1e7}',
  '\u{1f1e7}\u{1f1ec}\u{1f1e7}',
  '\u{1f1fd}\u{1f1fd}',
  '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}',
  '1\ufe0f\u20e3',
  '1\u20e3',
  '#\ufe0f\u20e3*\ufe0f\u20e3',
  '\u20e3',
  '\u{1f44d}\u{1f3ff}',
  '\u{1f3ff}',
  '\u{1f44d}\u{1f3ff}\u{1f3ff}',
  '\u200d\u{1f600}',
  '\u{1f600}\u200d',
  '\u{1f600}\u200d\u200d\u{1f600}',
  '\u{1f468}\u200d\u{1f468}\u200d\u{1f468}\u200d\u{1f468}\u200d\u{1f468}\u200d\u{1f468}\u200d\u{1f468}\u200d\u{1f468}',
  '\u{1fae0}\u{1fae9}',
  '\u00a9\u00ae\u2122',
  '\u00a9\ufe0f',
  '\u3030\ufe0f',
  '\u{1f004}\u{1f0cf}',
  '\u{1f600}\n\u{1f600}\n\u{1f600}',
  '  \u{1f600}  ',
  '\u{1f600}a',
  { recipe: [['\u{1f600}', 2000]] },
  { recipe: [['\u{1f1e6}', 2001]] },
  {
    recipe: [
      ['\u{1f468}\u200d', 1000],
      ['\u{1f466}', 1],
    ],
  },
  {
    recipe: [
      ['\u{1f3f4}', 1],
      ['\u{e0061}', 2000],
      ['\u{e007f}', 1],
    ],
  },
  {
    recipe: [
      ['\u{1f44d}', 1],
      ['\u{1f3ff}', 1000],
    ],
  },
  { recipe: [['1\ufe0f\u20e3', 1000]] },
  {
    recipe: [
      ['\u2764\ufe0f', 1],
      ['\ufe0f', 1000],
    ],
  },
]

export const letters = () => ({
  control: controls(),
  'lone-surrogate': halves(),
  noncharacter: nonsense(),
  'combining-mark': piles(),
  normalisation: pairs(),
  lookalike: lookalikes(),
  emoji: emoji(),
})
