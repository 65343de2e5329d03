// Each static check of tools/ finds what it is there for, and leaves alone what is right.
import { describe, expect, it } from 'vitest'
import { compareUses } from '../tools/check-catalogues.mjs'
import { habitComplaints } from '../tools/check-habits.mjs'
import { isPermissive, licenceComplaints } from '../tools/check-licences.mjs'
import { collectXeps, doap, markdown } from '../tools/xeps.mjs'

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND AGPL-3.0', false],
    ['MPL-2.0', false],
    ['none', false],
  ])('%s: %s', (expression, expected) => expect(isPermissive(expression)).toBe(expected))

  it('is strict with what is delivered, and with the GPL anywhere', () => {
    const complaints = licenceComplaints({
      '': {},
      'node_modules/good': { license: 'MIT' },
      'node_modules/tool': { license: 'MPL-2.0', dev: true },
      'node_modules/svelte': { license: 'MPL-2.0', dev: true },
      'node_modules/a/node_modules/nested': {},
      'node_modules/copyleft': { license: 'GPL-3.0-only', dev: true },
    })
    expect(complaints).toHaveLength(3)
    expect(complaints.join()).toMatch(/svelte.*nested.*copyleft/)
  })

  it('counts what is delivered', () => {
    const many = Array.from({ length: 26 }, (_, i) => [`node_modules/p${i}`, { license: 'MIT' }])
    expect(licenceComplaints(Object.fromEntries(many))).toEqual([expect.stringContaining('26 packages')])
  })
})

describe('list of XEPs', () => {
  const carbons = { file: 'src/a.ts', text: '/**\n * Opens.\n *\n * @xep 0280 Message Carbons 1.0.1\n */\n' }

  it('reads heads and joins files', () => {
    const { xeps, complaints } = collectXeps([carbons, { ...carbons, file: 'src/b.ts' }])
    expect(complaints).toEqual([])
    expect(xeps).toEqual([
      { number: '0280', name: 'Message Carbons', version: '1.0.1', files: ['src/a.ts', 'src/b.ts'] },
    ])
    expect(markdown(xeps)).toContain('[0280](https://xmpp.org/extensions/xep-0280.html) | Message Carbons | 1.0.1 |')
    expect(doap(xeps)).toContain('<xmpp:version>1.0.1</xmpp:version>')
  })

  it.each([
    ['a line without a version', { file: 'b.ts', text: '// @xep 0280 Message Carbons\n' }],
    ['another version', { file: 'b.ts', text: '// @xep 0280 Message Carbons 1.0.2\n' }],
    [
      'a line outside the head',
      { file: 'b.ts', text: '// Head.\n\nconst a = 1\n// @xep 0280 Message Carbons 1.0.1\n' },
    ],
  ])('complains of %s', (_, source) => {
    expect(collectXeps([carbons, source]).complaints).toHaveLength(1)
  })
})

describe('messages', () => {
  it('finds keys nobody uses and uses without a key', () => {
    const source = "t('a.b'); t(`failure.${what}.title`); const label = { key: 'menu.open' }"
    expect(compareUses(['a.b', 'failure.quota.title', 'menu.open'], [source], [])).toEqual([])
    expect(compareUses(['a.b', 'failure.x', 'menu.open', 'old.key'], [source], [])).toEqual(['nobody uses old.key'])
    expect(compareUses(['failure.x', 'menu.open'], [source], [])).toEqual(["t('a.b') has no message"])
  })
})

describe('habits', () => {
  it.each([
    [
      'src/lib/ui/Row.svelte',
      '<!-- A row. -->\n<p>x</p>\n<style>\n  p { margin-inline-start: 1px; inset-inline: 0 }\n</style>\n',
    ],
    ['src/lib/model/jid.ts', '// Addresses.\nexport const a = "$state"\n'],
    ['src/lib/state/timeline.svelte.ts', '// The window.\nexport class Timeline {\n  rows = $state.raw([])\n}\n'],
    ['src/routes/+page.svelte', '<p>x</p>\n'],
  ])('accepts %s', (file, text) => expect(habitComplaints(file, text.replace('"$state"', "'$state'"))).toEqual([]))

  it.each([
    ['an empty name', 'src/lib/model/jid-utils.ts', '// A.\n'],
    ['another empty name', 'src/lib/model/types.ts', '// A.\n'],
    ['a component in small letters', 'src/lib/ui/row.svelte', '<!-- A. -->\n'],
    ['a module in capitals', 'src/lib/model/Jid.ts', '// A.\n'],
    ['runes in a plain module', 'src/lib/state/a.ts', '// A.\nexport const a = () => $state(1)\n'],
    ['no runes in a rune module', 'src/lib/state/a.svelte.ts', '// A.\nexport const a = 1\n'],
    ['no head', 'src/lib/model/jid.ts', 'export const a = 1\n'],
    ['margin-left', 'src/lib/ui/A.svelte', '<!-- A. -->\n<style>\n  p { margin-left: 1px }\n</style>\n'],
    ['left', 'src/app.css', 'p {\n  left: 0;\n}\n'],
    ['text-align: right', 'src/app.css', 'p {\n  text-align: right;\n}\n'],
    ['a physical radius', 'src/app.css', 'p {\n  border-top-left-radius: 1px;\n}\n'],
    ['a third party', 'src/app.css', 'p {\n  background: url(https://example.org/x.png);\n}\n'],
    ['an inline style in the page', 'src/app.html', '<div style="display: contents"></div>\n'],
  ])('complains of %s', (_, file, text) => expect(habitComplaints(file, text)).toHaveLength(1))
})
