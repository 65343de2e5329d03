// Texts that are too long, too tall, too wide, or that make a careless pattern try for ever.

const long = () => [
  { recipe: [['W', 200]] },
  { recipe: [['W', 5_000]] },
  { recipe: [['i', 5_000]] },
  { recipe: [['\u4e2d', 5_000]] },
  { recipe: [['\u2588', 3_000]] },
  { recipe: [['\u2e3b', 1_000]] },
  { recipe: [['\u{12031}', 500]] },
  { recipe: [['\ufdfd', 500]] },
  { recipe: [['\u{1242b}', 300]] },
  { recipe: [['\ua9c5', 300]] },
  { recipe: [['\u0bf5', 300]] },
  { recipe: [['a\u00a0', 2_000]] },
  { recipe: [['a\u2060', 2_000]] },
  { recipe: [['a-', 2_500]] },
  { recipe: [['a/', 2_500]] },
  { recipe: [['a.', 2_500]] },
  { recipe: [['a\u00ad', 2_500]] },
  {
    recipe: [
      ['\t', 2_000],
      ['x', 1],
    ],
  },
  {
    recipe: [
      [' ', 4_000],
      ['x', 1],
    ],
  },
  {
    recipe: [
      ['\u3000', 1_000],
      ['x', 1],
    ],
  },
  { recipe: [['Lorem ipsum dolor sit amet, ', 200]] },
  { recipe: [['Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft', 20]] },
  { recipe: [['x', 65_536]] },
  { recipe: [['word ', 13_107]] },
  { recipe: [['\u05d0\u05d1 ', 20_000]] },
  { recipe: [['\u{1f600}', 16_384]] },
  { recipe: [['\u0e01\u0e33', 10_000]] },
  { recipe: [['\u0628\u0640', 10_000]] },
]

const tall = () => [
  {
    recipe: [
      ['\n', 10_000],
      ['after the gap', 1],
    ],
  },
  { recipe: [['a\n', 10_000]] },
  {
    recipe: [
      ['\u2028', 5_000],
      ['x', 1],
    ],
  },
  {
    recipe: [
      ['\u0085', 5_000],
      ['x', 1],
    ],
  },
  { recipe: [['a\u2029', 5_000]] },
  {
    recipe: [
      ['before', 1],
      ['\n', 500],
      ['after', 1],
    ],
  },
  {
    recipe: [
      ['\n ', 2_000],
      ['x', 1],
    ],
  },
  {
    recipe: [
      ['> \n', 2_000],
      ['x', 1],
    ],
  },
]

/** What makes patterns with a star inside a star, or quadratic searches, slow. */
const slow = () =>
  /** @type {[string, number][]} */ ([
    ['http://', 1_000],
    ['http://a.', 2_000],
    ['https://a@', 2_000],
    ['a@', 10_000],
    ['a.', 10_000],
    ['www.', 5_000],
    ['www.a.', 3_000],
    ['://', 5_000],
    ['xmpp:', 3_000],
    ['mailto:', 3_000],
    ['tel:1', 3_000],
    ['geo:1,', 3_000],
    ['(', 20_000],
    ['[', 20_000],
    [')(', 10_000],
    ['https://a/(', 2_000],
    ['https://a/)', 2_000],
    ['https://a/...', 2_000],
    ['_*', 10_000],
    ['*a*', 7_000],
    ['* *', 7_000],
    [' *a', 7_000],
    ['`a', 10_000],
    ['~~', 10_000],
    ['\u200d', 10_000],
    ['\ufe0f', 10_000],
    ['\u{1f468}\u200d', 5_000],
    ['\u{1f1e7}', 7_001],
    ['\u{1f3fd}', 5_000],
    ['0\ufe0f', 7_000],
    ['<', 20_000],
    ['&', 20_000],
    ['&amp;', 4_000],
    ['<!--', 5_000],
    ['{', 20_000],
    ['${', 10_000],
    ['aA', 10_000],
    ['\u0301', 10_000],
    ['a\u0301\u0316', 5_000],
    ['\u202e', 5_000],
    ['\u2068\u2069', 5_000],
    ['\u05d0a', 10_000],
    ['1\u05d0', 10_000],
    ['\u2066a\u2069\u05d0', 3_000],
  ]).flatMap(([piece, times]) => [
    { recipe: [[piece, times]] },
    {
      recipe: [
        [piece, times],
        ['!', 1],
      ],
    },
    {
      recipe: [
        ['x ', 1],
        [piece, times],
        [' x', 1],
      ],
    },
  ])

/** As long as nothing that a server passes on; for what reads text, away from any wire. */
const huge = () =>
  [
    'x',
    'word ',
    '\n',
    '> ',
    '*a* ',
    '`',
    '```\n',
    'http://a ',
    'www.a.',
    '(',
    '\u{1f600}',
    '\u0301',
    '\u2068',
    '{',
    '&',
    'a@',
  ].map((piece) => ({ recipe: [[piece, Math.floor(1_048_576 / piece.length)]] }))

export const sizes = () => ({ long: long(), tall: tall(), slow: slow(), huge: huge() })
