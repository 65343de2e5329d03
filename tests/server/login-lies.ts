// Lies while signing in, as data.
import type { Lie } from './lie.ts'
import type { Step } from './lying-server.ts'
import {
  asked,
  challenge,
  expect,
  features,
  greeting,
  mechanisms,
  open,
  proven,
  refusal,
  script,
  success,
} from './script.ts'

const hang: Step = { hang: true }

/** Signing in: who the server is and what it may ask for. */
export const loginLies: readonly Lie[] = [
  // the server's proof
  ...[
    ['garbage', 'v=garbage'],
    ['of the right length', `v=${'A'.repeat(43)}=`],
    ['empty', 'v='],
    ['missing', 'x=1'],
    ['behind another attribute', 'x=1,v={signature}'],
  ].map(([what, text = '']): Lie => ({
    name: `proof: ${what}`,
    script: script(...asked(), success(text)),
    told: 'server-not-proven',
    unsent: ['iq'],
  })),
  {
    name: 'success without proof',
    script: script(...asked(), success(null)),
    told: 'server-not-proven',
    unsent: ['iq'],
  },
  {
    name: 'success at once',
    script: script(...greeting(), expect('auth'), success(null)),
    told: 'server-not-proven',
    unsent: ['response', 'iq'],
  },
  {
    name: 'success at once with a made-up proof',
    script: script(...greeting(), expect('auth'), success('v=AAAA')),
    told: 'server-not-proven',
    unsent: ['response', 'iq'],
  },
  {
    name: 'success before the sign-in',
    script: script(...greeting(), success(null)),
    told: 'server-not-proven',
    unsent: ['response', 'iq'],
  },
  {
    name: 'success before the features',
    script: script(expect('open'), open(), success(null)),
    told: 'stream-invalid',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'success together with the challenge',
    script: script(...greeting(), expect('auth'), challenge(), success(null)),
    told: 'server-not-proven',
    unsent: ['response', 'iq'],
  },
  {
    name: 'wrong proof in a challenge',
    script: script(...asked(), challenge('v=AAAA'), success(null)),
    told: 'server-not-proven',
    unsent: ['iq'],
  },
  {
    name: 'proof with an error',
    script: script(...asked(), success('e=other-error')),
    told: 'login-temporary',
    unsent: ['iq'],
  },
  {
    name: 'two challenges',
    script: script(...greeting(), expect('auth'), challenge(), challenge()),
    told: 'stream-invalid',
    unsent: ['response', 'iq'],
  },
  {
    name: 'challenge after the proof',
    script: script(...proven(), challenge()),
    told: 'stream-invalid',
    unsent: ['iq'],
    isProven: true,
  },
  {
    name: 'second success',
    script: script(...proven(), success()),
    told: 'stream-invalid',
    unsent: ['iq'],
    isProven: true,
  },
  {
    name: 'refusal after success',
    script: script(...proven(), refusal('not-authorized')),
    told: 'stream-invalid',
    unsent: ['iq'],
    isProven: true,
  },
  // the server's question
  ...(
    [
      ['nonce of its own', 'r=other{nonce},s=QUJDRA==,i=4096', 'server-not-proven'],
      ['our nonce unchanged', 'r={clientNonce},s=QUJDRA==,i=4096', 'server-not-proven'],
      ['1 iteration', 'r={nonce},s=QUJDRA==,i=1', 'login-downgrade'],
      ['0 iterations', 'r={nonce},s=QUJDRA==,i=0', 'server-not-proven'],
      ['2^31 iterations', 'r={nonce},s=QUJDRA==,i=2147483648', 'server-not-proven'],
      ['no salt', 'r={nonce},s=,i=4096', 'server-not-proven'],
      ['mandatory extension', 'm=x,r={nonce},s=QUJDRA==,i=4096', 'server-not-proven'],
      ['nothing', '', 'server-not-proven'],
      ['text that is none', '\u0000\u00ff', 'server-not-proven'],
    ] as const
  ).map(([what, text, told]): Lie => ({
    name: `challenge: ${what}`,
    script: script(...greeting(), expect('auth'), challenge(text), hang),
    told,
    unsent: ['response', 'iq'],
  })),
  // the offer
  {
    name: 'only PLAIN',
    script: script(...greeting('PLAIN'), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'only ANONYMOUS',
    script: script(...greeting('ANONYMOUS'), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'only what a browser cannot do',
    script: script(...greeting('SCRAM-SHA-256-PLUS', 'EXTERNAL'), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'only DIGEST-MD5 and tokens',
    script: script(...greeting('DIGEST-MD5', 'X-OAUTH2', 'OAUTHBEARER'), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'an empty offer',
    script: script(expect('open'), open(), mechanisms(), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'no sign-in, straight to bind',
    script: script(expect('open'), open(), features('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>'), hang),
    told: 'login-no-mechanism',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'the pinned mechanism is gone',
    script: script(...greeting('SCRAM-SHA-1', 'PLAIN'), hang),
    pinned: 'SCRAM-SHA-256',
    told: 'login-downgrade',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'all but PLAIN is gone',
    script: script(...greeting('PLAIN'), hang),
    pinned: 'SCRAM-SHA-256',
    told: 'login-downgrade',
    unsent: ['auth', 'iq'],
  },
  {
    name: 'features again during sign-in',
    script: script(...greeting(), expect('auth'), mechanisms('SCRAM-SHA-1'), hang),
    told: 'stream-invalid',
    unsent: ['response', 'iq'],
  },
  // refusals
  ...(
    [
      ['not-authorized', 'wrong-password'],
      ['account-disabled', 'account-disabled'],
      ['credentials-expired', 'password-needed'],
      ['temporary-auth-failure', 'login-temporary'],
      ['mechanism-too-weak', 'login-no-mechanism'],
      ['made-up-condition', 'login-temporary'],
    ] as const
  ).map(([condition, told]): Lie => ({
    name: `refused: ${condition}`,
    script: script(...asked(), refusal(condition)),
    told,
    unsent: ['iq'],
  })),
]
