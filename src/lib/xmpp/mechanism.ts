/**
 * Which SASL mechanism to sign in with: the strongest of a short list, never weaker than what the account has seen before.
 * Never a -PLUS name: a browser cannot see the TLS channel it would have to bind to. How each works: scram.ts and login.ts.
 */
import { Failed } from '#model/failure.ts'

/** Strongest first. These alone are used unless the configuration allows more. */
export const scramMechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'] as const
export type ScramMechanism = (typeof scramMechanisms)[number]

/** What the configuration may allow beside SCRAM. Neither proves that the server knows us. */
export const otherMechanisms = ['PLAIN', 'ANONYMOUS'] as const
export type Mechanism = ScramMechanism | (typeof otherMechanisms)[number]

export interface MechanismChoice {
  /** As in the stream features; order means nothing (RFC 6120 section 6.3.3). */
  readonly offered: readonly string[]
  /** Names of `otherMechanisms` that the configuration allows. */
  readonly allow: readonly string[]
  /** The strongest mechanism this account has signed in with; null: none yet. */
  readonly pinned: string | null
  readonly secret: 'password' | 'anonymous' | ScramMechanism
}

export function isScram(name: string): name is ScramMechanism {
  return (scramMechanisms as readonly string[]).includes(name)
}

/**
 * The mechanism to use; `secret` names the mechanism where only the keys of one are stored.
 * @throws Failed `login-no-mechanism` (nothing we may use), `login-downgrade` (only weaker than pinned),
 * `password-needed` (stored keys do not fit what is offered)
 */
export function chooseMechanism(choice: MechanismChoice): Mechanism {
  const offered = new Set(choice.offered)
  const heard = choice.offered.slice(0, 20).join(' ').slice(0, 200)
  const usable = candidates(choice).filter((name) => offered.has(name))
  if (usable.length === 0) {
    // Even a server that offers nothing we know has removed what it once had.
    if (isScram(choice.pinned ?? ''))
      throw new Failed('login-downgrade', 'ask', `pinned ${choice.pinned}, offered: ${heard}`)
    throw new Failed('login-no-mechanism', 'give-up', `offered: ${heard}`)
  }
  const strong = usable.filter((name) => strength(name) >= pinnedStrength(choice.pinned))
  if (strong.length === 0) throw new Failed('login-downgrade', 'ask', `pinned ${choice.pinned}, offered: ${heard}`)
  const best = isScram(choice.secret) ? strong.find((name) => name === choice.secret) : strong[0]
  if (best === undefined) throw new Failed('password-needed', 'ask', `keys of ${choice.secret}, offered: ${heard}`)
  return best
}

function candidates({ secret, allow }: MechanismChoice): Mechanism[] {
  // An account with a password is never signed in as a guest, whatever the configuration allows.
  if (secret === 'anonymous') return allow.includes('ANONYMOUS') ? ['ANONYMOUS'] : []
  return [...scramMechanisms, ...(allow.includes('PLAIN') ? (['PLAIN'] as const) : [])]
}

function strength(name: string): number {
  const place = (scramMechanisms as readonly string[]).indexOf(name)
  return place < 0 ? 0 : scramMechanisms.length - place
}

function pinnedStrength(pinned: string | null): number {
  if (pinned === null || (otherMechanisms as readonly string[]).includes(pinned)) return 0
  // A pin we do not know was set by a later version with a stronger mechanism.
  return isScram(pinned) ? strength(pinned) : Number.POSITIVE_INFINITY
}
