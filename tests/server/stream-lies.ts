// Lies about the stream, and streams that stand still or break off, as data.
import type { FailureName } from '#model/failure.ts'
import type { Lie } from './lie.ts'
import type { Step } from './lying-server.ts'
import {
  asked,
  bindable,
  bound,
  expect,
  features,
  greeting,
  honest,
  mechanisms,
  open,
  proven,
  script,
  streamError,
} from './script.ts'

const hang: Step = { hang: true }
const cut: Step = { cut: true }
const bombs = `<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>`

/** The stream: what is no XMPP, and what comes at the wrong moment. */
export const streamLies: readonly Lie[] = [
  {
    name: 'another domain answers',
    script: script(expect('open'), open('evil.test'), mechanisms('SCRAM-SHA-256'), hang),
    told: 'wrong-domain',
    unsent: ['auth'],
  },
  {
    name: 'another domain answers after the sign-in',
    script: script(...proven(), expect('open'), open('evil.test'), hang),
    told: 'wrong-domain',
    unsent: ['iq'],
    isProven: true,
  },
  {
    name: 'document type',
    script: script(expect('open'), { send: `${bombs}<open/>` }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'document type in the features',
    script: script(expect('open'), open(), { send: `${bombs}<features>&z;</features>` }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'garbage',
    script: script(expect('open'), { send: 'HTTP/1.1 400 Bad Request' }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'half a frame',
    script: script(expect('open'), open(), { send: '<features><mech' }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'comment',
    script: script(expect('open'), { send: '<!-- hello --><open/>' }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'binary frame',
    script: script(expect('open'), { binary: [60, 97, 47, 62] }, hang),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'message before the sign-in',
    script: script(
      expect('open'),
      open(),
      { send: '<message xmlns="jabber:client" from="bob@example.test"><body>x</body></message>' },
      hang,
    ),
    told: 'stream-invalid',
    unsent: ['auth'],
  },
  {
    name: 'roster push during the sign-in',
    script: script(
      ...greeting(),
      expect('auth'),
      { send: '<iq xmlns="jabber:client" type="set" id="1"><query xmlns="jabber:iq:roster"/></iq>' },
      hang,
    ),
    told: 'stream-invalid',
    unsent: ['response'],
  },
  {
    name: 'features of half a megabyte and more',
    script: script(expect('open'), open(), features(`<x>${'a'.repeat(600_000)}</x>`), hang),
    told: 'connection-timeout',
    unsent: ['auth'],
  },
  {
    name: 'bound to another address',
    script: script(...bindable(), bound('mallory@example.test/x'), hang),
    told: 'stream-invalid',
    unsent: [],
    isProven: true,
  },
  {
    name: 'bound to no address',
    script: script(...bindable(), bound('@/'), hang),
    told: 'stream-invalid',
    unsent: [],
    isProven: true,
  },
  ...(
    [
      ['host-unknown', 'wrong-domain'],
      ['policy-violation', 'stream-refused'],
      ['system-shutdown', 'stream-refused'],
      ['see-other-host', 'stream-refused'],
    ] as const
  ).map(([condition, told]): Lie => ({
    name: `stream error ${condition}`,
    script: script(expect('open'), open(), streamError(condition), hang),
    told,
    unsent: ['auth'],
  })),
  {
    name: 'document type in an open session',
    script: honest({ send: `${bombs}<message><body>&z;</body></message>` }),
    told: 'stream-invalid',
    unsent: [],
    isProven: true,
  },
  {
    name: 'garbage in an open session',
    script: honest({ send: '<message><body>&nbsp;</body></message>' }),
    told: 'stream-invalid',
    unsent: [],
    isProven: true,
  },
]

const stages: readonly (readonly [string, readonly Step[], boolean])[] = [
  ['after the handshake', [], false],
  ['after our opening', [expect('open')], false],
  ['after its opening', [expect('open'), open()], false],
  ['after its offer', [...greeting(), expect('auth')], false],
  ['after our proof', asked(), false],
  ['after its proof', proven(), true],
  ['after the second opening', [...proven(), expect('open'), open()], true],
  ['before the address', bindable(), true],
]

/** Standing still and breaking off, at each step. */
export const brokenOff: readonly Lie[] = [
  ...stages.flatMap(([when, steps, isProven]): Lie[] => {
    const rest = { unsent: isProven ? [] : ['iq'], ...(isProven ? { isProven: true as const } : {}) }
    const lost: FailureName =
      when === 'after the handshake' || when === 'after our opening' ? 'endpoint-unreachable' : 'connection-lost'
    return [
      { name: `stands still ${when}`, script: script(...steps, hang), told: 'connection-timeout', ...rest },
      { name: `cut ${when}`, script: script(...steps, cut), told: lost, ...rest },
      { name: `closed ${when}`, script: script(...steps, { close: 1000 }), told: lost, ...rest },
    ]
  }),
  { name: 'no handshake', script: { steps: [], handshake: 'hang' }, told: 'connection-timeout', unsent: ['open'] },
  {
    name: 'cut in the handshake',
    script: { steps: [], handshake: 'cut' },
    told: 'endpoint-unreachable',
    unsent: ['open'],
  },
  { name: 'a web page', script: { steps: [], handshake: 'page' }, told: 'endpoint-unreachable', unsent: ['open'] },
]
