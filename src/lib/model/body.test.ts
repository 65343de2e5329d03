import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldedLength, readBody } from './body.ts'
import { inlinesOf, readBlocks, type Block, type Inline } from './styling.ts'

/** The tree as short text: `<s *…>` for spans, `[…]` for links, so that a case fits a line. */
function draw(nodes: readonly Inline[]): string {
  const letters = { strong: 'b', emphasis: 'i', strike: 's' }
  return nodes
    .map((node) => {
      if (node.kind === 'text') return node.text
      if (node.kind === 'link') return `[${node.text}]`
      if (node.kind === 'code') return `<c ${node.text}>`
      return `<${letters[node.kind]} ${draw(node.children)}>`
    })
    .join('')
}

function textOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text' || node.kind === 'link') return node.text
      return node.mark + (node.kind === 'code' ? node.text : textOf(node.children)) + node.mark
    })
    .join('')
}

describe('spans (XEP-0393 section 6.2)', () => {
  it.each([
    ['*strong*', '<b strong>'],
    ['plain *strong* plain', 'plain <b strong> plain'],
    ['*strong* plain *strong*', '<b strong> plain <b strong>'],
    ['*strong*plain*', '<b strong>plain*'],
    ['* plain *strong*', '* plain <b strong>'],
    ['not strong*', 'not strong*'],
    ['*not strong', '*not strong'],
    ['*not *strong', '*not *strong'],
    ['**', '**'],
    ['****', '****'],
    ['_emphasized *strong*_', '<i emphasized <b strong>>'],
    ['*`both`*', '<b <c both>>'],
    ['`*plain*`', '<c *plain*>'],
    ['~dis~likes', '<s dis>likes'],
    ['Everyone likes snake_case_names', 'Everyone likes snake_case_names'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['*a _b* c_', '<b a _b> c_'],
    ['_https://example.com/a_b_c_', '<i [https://example.com/a_b_c]>'],
    ['*see https://example.com/*x* now*', '<b see [https://example.com/*x]> now*'],
    ['`https://example.com/`', '<c https://example.com/>'],
  ])('%s', (line, expected) => {
    expect(draw(inlinesOf(line))).toBe(expected)
  })

  it('loses no character', () => {
    const piece = fc.constantFrom('*', '_', '~', '`', ' ', 'a', 'б', '😀', 'https://x.y/', 'www.', ')', '>', '\ud800')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(textOf(inlinesOf(pieces.join('')))).toBe(pieces.join(''))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('blocks (XEP-0393 section 6.1)', () => {
  const text = (children: string): Block => ({ kind: 'paragraph', children: [{ kind: 'text', text: children }] })

  it('keeps spans inside their line', () => {
    expect(readBlocks('no *formatting)\n(as spans* escape')).toEqual([text('no *formatting)\n(as spans* escape')])
  })

  it('reads preformatted text, closed or not', () => {
    expect(readBlocks('```ts\n*a*\n> b\n```\nafter')).toEqual([
      { kind: 'code', language: 'ts', text: '*a*\n> b' },
      text('after'),
    ])
    expect(readBlocks('> ```\n> (hi)\n\nplain')).toEqual([
      { kind: 'quote', children: [{ kind: 'code', language: '', text: '(hi)' }] },
      text('\nplain'),
    ])
  })

  it('reads quotes inside quotes, to a limit', () => {
    expect(readBlocks('>> That is.\n> Said he.\n\nWho?')).toEqual([
      { kind: 'quote', children: [{ kind: 'quote', children: [text('That is.')] }, text('Said he.')] },
      text('\nWho?'),
    ])
    const depth = (blocks: readonly Block[]): number =>
      Math.max(0, ...blocks.map((block) => (block.kind === 'quote' ? 1 + depth(block.children) : 0)))
    expect(depth(readBlocks('>'.repeat(10_000)))).toBe(4)
  })
})

describe('readBody', () => {
  it('says where marks are piled up', () => {
    expect(readBody('a' + '\u0301'.repeat(4)).isPiled).toBe(true)
    expect(readBody('\u00e9 e\u0301 \u0e01\u0e4a').isPiled).toBe(false)
    const name = 'Zalgo' + '\u0316'.repeat(9)
    expect(readBody('/me waves', false, name).isPiled).toBe(true)
    expect(readBody('waves', false, name).isPiled).toBe(false)
  })

  it('reads /me, and only at the very beginning', () => {
    expect(readBody('/me waves')).toEqual({
      isAction: true,
      emoji: 0,
      isPiled: false,
      hasMore: false,
      blocks: [{ kind: 'paragraph', children: [{ kind: 'text', text: 'waves' }] }],
    })
    for (const text of ['/men', ' /me x', '/ME x', '*/me x', '/me']) expect(readBody(text).isAction).toBe(false)
  })

  it.each([
    ['😀', 1],
    ['😀😀', 2],
    [' 😀 👍🏽\n❤️ ', 3],
    ['👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇧🇬', 3],
    ['1️⃣', 1],
    ['🏳️‍🌈', 1],
    ['😀😀😀😀', 0],
    ['😀!', 0],
    ['1', 0],
    ['©', 0],
    ['', 0],
    ['\u200d', 0],
    ['😀'.repeat(500_000), 0],
  ])('counts emoji, case %#', (text, count) => {
    expect(readBody(text).emoji).toBe(count)
  })

  it('folds a long text and halves no letter', () => {
    const long = 'x'.repeat(foldedLength - 1) + '😀 end'
    const folded = readBody(long)
    expect(folded.hasMore).toBe(true)
    expect(JSON.stringify(folded.blocks)).not.toMatch(/\\ud83d|end/)
    const whole = readBody(long, true)
    expect(whole.hasMore).toBe(false)
    expect(JSON.stringify(whole.blocks)).toContain('😀 end')
  })
})

describe('hostile texts', () => {
  it('makes no more elements than a screen can bear, and still shows all of the text', () => {
    for (const pattern of ['*a* ', 'https://x.y/ ', '*a*\n', '>\n*a*\n', '```\n```\n'])
      expect(JSON.stringify(readBody(pattern.repeat(10_000), true)).match(/"kind"/g)?.length, pattern).toBeLessThan(
        4000,
      )
    expect(textOf(inlinesOf('*a* '.repeat(3000)))).toBe('*a* '.repeat(3000))
  })

  const patterns = {
    marks: '*_~`',
    opening: ' *a _b ~c `d',
    closing: 'a*b_c~d`',
    nested: '*_~`x`~_* ',
    quotes: '>',
    quotedLines: '>>>>>>>>\n',
    fences: '```\n',
    scheme: 'http://',
    schemes: 'https:xmpp:mailto:tel:geo:www.',
    brackets: 'https://x/((((',
    closers: 'https://x/))))',
    dots: 'https://x/.....',
    links: 'https://x.y/ ',
    ats: 'xmpp:a@b@',
    newlines: '\n',
    markedLines: '*\n',
    quoteMarks: '>\n*a*\n',
    spaces: ' \t',
    surrogates: '\ud800',
    zalgo: 'z\u0301\u0302\u0303',
    emoji: '👩‍👩‍👧‍👦',
    tel: 'tel:+1-1',
    geo: 'geo:1.1.1.1,',
  }

  const cost = (text: string): number => {
    const from = performance.now()
    readBody(text, true)
    return performance.now() - from
  }

  // A megabyte takes at most some 50 ms on a desktop that has nothing else to do; a quadratic reader takes minutes. Eight
  // times the length is eight times the work, not 64 times; a busy machine may disturb some tries, never all of them.
  it.each(Object.entries(patterns))('%s: work grows with the length, not its square', (_name, pattern) => {
    const of = (length: number) => pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length)
    const [short, long] = [of(125_000), of(1_000_000)]
    const tries: string[] = []
    let [bestShort, bestLong] = [Infinity, Infinity]
    let isLinear = false
    for (let count = 0; count < 6 && !isLinear; count++) {
      const [small, large] = [cost(short), cost(long)]
      tries.push(`${small.toFixed(1)} -> ${large.toFixed(1)} ms`)
      bestShort = Math.min(bestShort, small)
      bestLong = Math.min(bestLong, large)
      isLinear = bestLong < Math.max(24 * bestShort, 100)
    }
    expect(isLinear, tries.join(', ')).toBe(true)
  })
})
