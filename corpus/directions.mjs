// Texts that turn the reading order round, and texts of which nothing is to be seen.
import { range, sign } from './sign.mjs'

const directions = [0x61c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)].map(sign)

/** Each control alone, open, closed too often, nested, at both ends, around what stands beside a text on a screen. */
const bidi = () => [
  ...directions.flatMap((control) => [
    `${control}`,
    `before ${control}after`,
    `\u05d0\u05d1 ${control}123 abc`,
    `${control.repeat(3)}three times`,
    `ends with ${control}`,
    `\u0645\u0631\u062d\u0628\u0627 ${control}(1) !`,
  ]),
  '\u202egnp.exe\u202c turned round',
  'invoice_\u202efdp.exe',
  '\u202e\u202d\u202e\u202d\u202eabc',
  '\u2066\u2067\u2068 isolates that never end',
  '\u2069\u2069\u2069 ends of isolates that never began',
  '\u202c\u202c\u202c ends that never began',
  '\u2068\u202eabc\u2069def\u202cghi',
  {
    recipe: [
      ['\u202b', 130],
      ['deeper than the algorithm goes', 1],
    ],
  },
  {
    recipe: [
      ['\u2067', 130],
      ['deeper than the algorithm goes', 1],
      ['\u2069', 130],
    ],
  },
  {
    recipe: [
      ['\u202e\u202d', 1000],
      ['x', 1],
    ],
  },
  {
    recipe: [
      ['\u2068', 2000],
      ['x', 1],
    ],
  },
]

const rightToLeft = () => [
  '\u05e9\u05dc\u05d5\u05dd',
  '\u05e9\u05dc\u05d5\u05dd!',
  '\u05e9\u05dc\u05d5\u05dd 123',
  '123 \u05e9\u05dc\u05d5\u05dd',
  '\u05e9\u05dc\u05d5\u05dd world 5%',
  'hello \u05e2\u05d5\u05dc\u05dd (1)',
  '(\u05e9\u05dc\u05d5\u05dd)',
  '\u05d0-1, \u05d1-2, \u05d2-3',
  '\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645',
  '\u0627\u0644\u0633\u0639\u0631 100$ \u0641\u0642\u0637',
  '\u0663\u0664\u0665',
  '\u06f1\u06f2\u06f3 abc',
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629 and English \u0648\u0627\u0644\u0639\u0631\u0628\u064a\u0629',
  '+359 88 \u05d0\u05d1\u05d2',
  '\u05d0\u05d1\u05d2 https://example.org/\u05d0',
  'a@\u05d0\u05d1\u05d2.example',
  '\ufdfd'.repeat(5),
  '\ufdfa\ufdfb',
  '\u0710\u0712\u0713',
  '\u0780\u0781',
  '\u07ca\u07cb',
  '\u0840\u0841',
  '\u{10800}\u{10801}',
  '\u{10d00}\u{10d01} 1',
  '\u{1e900}\u{1e901}\u{1e902}',
  '\u{1e900}\u{1e901} 123 !',
  '\u{1e800}\u{1e801}',
  '\u{1ee00}\u{1ee01}',
  '\u200f.',
  '\u061c1-2',
]

const invisible = () => [
  ...[
    0xad,
    0x34f,
    0x115f,
    0x1160,
    0x17b4,
    0x17b5,
    0x180b,
    0x180c,
    0x180d,
    0x180e,
    0x180f,
    0x200b,
    0x200c,
    0x200d,
    0x2060,
    0x2061,
    0x2062,
    0x2063,
    0x2064,
    ...range(0x206a, 0x206f),
    0x2800,
    0x3164,
    0xfe00,
    0xfe0e,
    0xfe0f,
    0xfeff,
    0xffa0,
    0xfff9,
    0xfffa,
    0xfffb,
    0x1bca0,
    0x1d159,
    0x1d173,
    0xe0001,
    0xe0020,
    0xe007f,
    0xe0100,
  ].flatMap((code) => [
    { text: sign(code), expect: 'invisible' },
    { text: sign(code).repeat(50), expect: 'invisible' },
    `in${sign(code)}side`,
  ]),
  'p\u200ba\u200by\u200bp\u200ba\u200bl',
  '\u{e0068}\u{e0065}\u{e006c}\u{e006c}\u{e006f} tag characters say more than one sees',
  'A\ufe00\ufe01\ufe02\u{e0100}\u{e0101}',
]

const spaces = () => [
  { text: '', expect: 'empty' },
  ...[0x9, 0xa, 0x20, 0xa0, 0x1680, ...range(0x2000, 0x200a), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0x85].flatMap(
    (code) => [
      { text: sign(code), expect: 'invisible' },
      { text: sign(code).repeat(40), expect: 'invisible' },
      `${sign(code)}between${sign(code)}two${sign(code)}`,
    ],
  ),
  { text: '\r', expect: 'invisible' },
  'one\rtwo',
  'one\r\ntwo',
  'one\u2028two\u2029three\u0085four',
  'tab\tseparated\tvalues',
  { text: ' \u00a0\u3000\u200b\ufeff', expect: 'invisible' },
]

export const directionsAndGaps = () => ({
  bidi: bidi(),
  'right-to-left': rightToLeft(),
  invisible: invisible(),
  space: spaces(),
})
