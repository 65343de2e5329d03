// Plants breaches of the law of imports and of the habits, and expects the linter to catch each one.
// The table is written by hand and not made from layers.js: a hole in the law must fail here.
import { ESLint } from 'eslint'
import ts from 'typescript-eslint'
import { beforeAll, describe, expect, it } from 'vitest'
import { layers } from '../../layers.js'

interface Planted {
  file: string
  /** Layers and packages it must not reach. */
  forbidden: string[]
  /** Layers and packages it may reach. */
  allowed: string[]
  /** Globals it must not touch. */
  globals: string[]
}

const planted: Record<string, Planted> = {
  model: {
    file: 'src/lib/model/zz.ts',
    forbidden: [
      '#xmpp/client.ts',
      '#vault/seal.ts',
      '#platform/clock.ts',
      'idb',
      'stanza',
      'svelte',
      '../vault/seal.ts',
    ],
    allowed: ['./jid.ts'],
    globals: ['document', 'navigator', 'indexedDB', 'fetch', 'setTimeout', 'process'],
  },
  i18n: {
    file: 'src/lib/i18n/zz.ts',
    forbidden: ['#state/context.ts', '#ui/App.svelte', '#storage/database.ts', 'stanza', 'svelte/store'],
    allowed: ['#model/jid.ts', 'intl-messageformat', './index.ts'],
    globals: ['document', 'localStorage', 'navigator'],
  },
  vault: {
    file: 'src/lib/vault/zz.ts',
    forbidden: ['#storage/database.ts', '#xmpp/client.ts', 'idb', '@noble/curves/ed25519.js', '../storage/database.ts'],
    allowed: ['#model/jid.ts', '@noble/ciphers/aes.js'],
    globals: ['indexedDB', 'localStorage', 'window', 'fetch'],
  },
  platform: {
    file: 'src/lib/platform/zz.ts',
    forbidden: ['#xmpp/client.ts', '#storage/read/message.ts', '#sync/engine.ts', '#state/context.ts', 'idb', 'svelte'],
    allowed: ['#model/clock.ts'],
    globals: ['indexedDB', 'RTCPeerConnection', 'process'],
  },
  xmpp: {
    file: 'src/lib/xmpp/zz.ts',
    forbidden: [
      '#storage/write/message.ts',
      '#sync/engine.ts',
      '#state/context.ts',
      'idb',
      'svelte',
      '../sync/engine.ts',
    ],
    allowed: ['#model/jid.ts', '#vault/seal.ts', 'stanza', 'stanza/jxt', 'events'],
    globals: ['document', 'indexedDB', 'localStorage', 'navigator'],
  },
  storage: {
    file: 'src/lib/storage/read/zz.ts',
    forbidden: ['#xmpp/client.ts', '#sync/engine.ts', '#platform/clock.ts', 'stanza', '../../sync/engine.ts'],
    allowed: ['#model/jid.ts', '#vault/seal.ts', 'idb', '../database.ts'],
    globals: ['document', 'navigator', 'localStorage', 'fetch', 'setTimeout'],
  },
  sync: {
    file: 'src/lib/sync/zz.ts',
    forbidden: [
      '#platform/tabs.ts',
      '#state/timeline.svelte.ts',
      '#ui/App.svelte',
      'idb',
      'stanza',
      'svelte',
      '#i18n/index.ts',
    ],
    allowed: ['#model/jid.ts', '#xmpp/message.ts', '#storage/write/message.ts', '#vault/seal.ts'],
    globals: ['document', 'navigator', 'indexedDB', 'BroadcastChannel', 'setTimeout', 'fetch', 'WebSocket'],
  },
  omemo: {
    file: 'src/lib/omemo/zz.ts',
    forbidden: ['#sync/engine.ts', '#state/context.ts', '#platform/clock.ts', 'stanza', 'idb'],
    allowed: ['#model/cipher.ts', '#storage/write/omemo.ts', '@noble/curves/ed25519.js', '@noble/hashes/sha2.js'],
    globals: ['document', 'indexedDB', 'fetch'],
  },
  call: {
    file: 'src/lib/call/zz.ts',
    forbidden: ['#sync/engine.ts', '#storage/database.ts', '#ui/App.svelte', '#vault/seal.ts', 'stanza'],
    allowed: ['#model/call.ts', '#platform/media.ts', '#xmpp/call.ts'],
    globals: ['document', 'indexedDB', 'localStorage'],
  },
  state: {
    file: 'src/lib/state/zz.svelte.ts',
    forbidden: ['#xmpp/client.ts', '#storage/write/message.ts', '#vault/seal.ts', '#ui/App.svelte', 'idb', 'stanza'],
    allowed: [
      '#model/jid.ts',
      '#storage/read/message.ts',
      '#sync/engine.ts',
      '#platform/clock.ts',
      '#i18n/index.ts',
      'svelte',
    ],
    globals: ['document', 'window', 'navigator', 'indexedDB', 'localStorage', 'fetch'],
  },
  ui: {
    file: 'src/lib/ui/timeline/zz.ts',
    forbidden: [
      '#xmpp/client.ts',
      '#storage/read/message.ts',
      '#sync/engine.ts',
      '#platform/clock.ts',
      'idb',
      '$app/state',
    ],
    allowed: [
      '#model/jid.ts',
      '#state/context.ts',
      '#i18n/index.ts',
      'svelte/transition',
      '../primitives/Button.svelte',
    ],
    globals: ['indexedDB', 'navigator', 'localStorage', 'fetch', 'WebSocket'],
  },
  routes: {
    file: 'src/routes/zz.ts',
    forbidden: ['#xmpp/client.ts', '#storage/read/message.ts', '#sync/engine.ts', 'idb', '../lib/ui/App.svelte'],
    allowed: ['#app.ts', '#model/jid.ts', '#state/context.ts', '#ui/App.svelte', '$app/state', './$types.js'],
    globals: ['indexedDB', 'document', 'localStorage', 'fetch'],
  },
  'service-worker': {
    file: 'src/service-worker/zz.ts',
    forbidden: ['#xmpp/client.ts', '#sync/engine.ts', '#storage/write/message.ts', '#state/context.ts', 'idb'],
    allowed: [
      '#model/jid.ts',
      '#platform/worker.ts',
      '#storage/read/message.ts',
      '#storage/write/request.ts',
      'workbox-routing',
      '$service-worker',
    ],
    globals: ['document', 'localStorage', 'indexedDB'],
  },
  embed: {
    file: 'src/embed/zz.ts',
    forbidden: ['#model/jid.ts', '#ui/App.svelte', 'svelte', '../lib/model/jid.ts'],
    allowed: ['./frame.ts'],
    globals: ['indexedDB', 'localStorage', 'fetch'],
  },
}

let eslint: ESLint

/** The rules that complain about a text, as `rule: message`. */
async function complaints(file: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: file })
  return results.flatMap((result) => result.messages.map((one) => `${one.ruleId ?? 'parser'}: ${one.message}`))
}

beforeAll(async () => {
  // Planted files lie in no program, so the rules that need types are off here.
  const untyped = [ts.configs.disableTypeChecked, { languageOptions: { parserOptions: { project: false } } }]
  eslint = new ESLint({ overrideConfig: untyped as ESLint.Options['overrideConfig'] & object })
  await complaints('src/lib/model/zz.ts', '')
}, 30_000)

it('plants breaches in every layer', () => {
  expect(Object.keys(planted).sort()).toEqual(Object.keys(layers).sort())
})

describe.each(Object.entries(planted))('%s', (name, { file, forbidden, allowed, globals }) => {
  it.each(forbidden)('may not import %s', async (specifier) => {
    const breach = [expect.stringMatching(/^(no-restricted-imports|no-restricted-syntax|besedka\/inside-layer): /)]
    expect(await complaints(file, `import { x } from '${specifier}'\nx()\n`)).toEqual(breach)
    expect(await complaints(file, `import type { X } from '${specifier}'\nexport const x: X[] = []\n`)).toEqual(breach)
    expect(await complaints(file, `export const x = () => import('${specifier}')\n`)).toEqual(breach)
  })

  it.each(allowed)('may import %s', async (specifier) => {
    expect(await complaints(file, `import { x } from '${specifier}'\nx()\n`)).toEqual([])
    expect(await complaints(file, `export const x = () => import('${specifier}')\n`)).toEqual([])
  })

  it.each(globals)('may not use %s', async (global) => {
    expect(await complaints(file, `export const x = () => ${global}\n`)).toHaveLength(1)
    expect(await complaints(file, `export const x = () => globalThis.${global}\n`)).toHaveLength(1)
  })

  it('keeps the habits', async () => {
    const long = (lines: number) => Array.from({ length: lines }, (_, i) => `export const a${i} = ${i}\n`).join('')
    expect(await complaints(file, long(300))).toEqual([])
    expect(await complaints(file, long(301))).toEqual([expect.stringContaining('max-lines')])
    const body = '  work()\n'.repeat(60)
    expect(await complaints(file, `export function x(work: () => void) {\n${body}}\n`)).toEqual([
      expect.stringContaining('max-lines-per-function'),
    ])
    for (const breach of [
      "import { x } from '$lib/model/jid.ts'\nx()\n",
      'export default 1\n',
      "export * from './x.ts'\n",
      "export { x } from './x.ts'\n",
      'export let x = 1\n',
      'export const x = (y: string) => import(y)\n',
      "export const x = import.meta.glob('../**/*.ts')\n",
      'export const x = (e: Element, s: string) => (e.innerHTML = s)\n',
      "export const x = (e: Element, s: string) => e.insertAdjacentHTML('beforeend', s)\n",
      'export const x = (s: string) => eval(s)\n',
      'export const x = (s: string) => new Function(s)\n',
    ]) {
      const found = await complaints(file, breach)
      expect(found, breach).not.toEqual([])
      expect(found.join('\n'), breach).not.toContain('parser: ')
    }
    if (name === 'vault') return
    expect(await complaints(file, 'export const x = () => crypto.subtle\n')).toHaveLength(1)
  })
})

describe('components', () => {
  const file = 'src/lib/ui/timeline/Zz.svelte'

  it.each([
    ['{@html}', '<script lang="ts">\n  const { x }: { x: string } = $props()\n</script>\n\n{@html x}\n'],
    ['a style attribute', '<p style="color: red">x</p>\n'],
    [
      'a computed style attribute',
      '<script lang="ts">\n  const { x }: { x: string } = $props()\n</script>\n\n<p style={x}>x</p>\n',
    ],
    ['a forbidden layer', '<script lang="ts">\n  import { x } from "#xmpp/client.ts"\n</script>\n\n<p>{x}</p>\n'],
    ['a forbidden layer in the template', '{#await import("#xmpp/client.ts") then x}{x}{/await}\n'],
    ['a forbidden global', '<script lang="ts">\n  const x = navigator.language\n</script>\n\n<p>{x}</p>\n'],
    ['a file that is too long', '<p>x</p>\n'.repeat(301)],
  ])('may not contain %s', async (_, text) => {
    const found = await complaints(file, text)
    expect(found).toHaveLength(1)
    expect(found[0]).not.toContain('parser: ')
  })

  it('may be styled by directives', async () => {
    const text = '<script lang="ts">\n  const { x }: { x: string } = $props()\n</script>\n\n<p style:color={x}>x</p>\n'
    expect(await complaints(file, text)).toEqual([])
  })
})

describe('exceptions', () => {
  it('lets signing in use crypto.subtle, and keeps the rest of its law', async () => {
    expect(await complaints('src/lib/xmpp/login.ts', 'export const x = () => crypto.subtle\n')).toEqual([])
    expect(await complaints('src/lib/xmpp/login.ts', "import { x } from '#sync/engine.ts'\nx()\n")).toHaveLength(1)
  })

  it('lets the composition root import everything, and keeps the habits', async () => {
    expect(await complaints('src/lib/app.ts', "import { x } from '#xmpp/client.ts'\nx(document)\n")).toEqual([])
    expect(await complaints('src/lib/app.ts', 'export default 1\n')).toHaveLength(1)
  })

  it('lets tests reach what tests share', async () => {
    expect(
      await complaints('src/lib/xmpp/zz.test.ts', "import { x } from '../../../tests/server/lies.ts'\nx()\n"),
    ).toEqual([])
    expect(
      await complaints('src/lib/xmpp/zz.ts', "import { x } from '../../../tests/server/lies.ts'\nx()\n"),
    ).toHaveLength(1)
  })

  it('lets tests make a database', async () => {
    expect(await complaints('src/lib/sync/zz.test.ts', "import 'fake-indexeddb/auto'\nindexedDB.open('x')\n")).toEqual(
      [],
    )
    expect(await complaints('src/lib/sync/zz.test.ts', "import { x } from '#state/context.ts'\nx()\n")).toHaveLength(1)
  })
})
