/**
 * The one error type that crosses layers: what failed, what can be done, and the technical cause for the log.
 * Plain data, so that it survives a database row and a broadcast; `Failed` carries it through a throw.
 * Sentences for people are made by i18n/format.ts (`Catalogue.failure`) from `what`, never from `cause`.
 */

/** `wait`: trying again later may help; `give-up`: it will not; `ask`: only the person can decide. */
export type Remedy = 'wait' | 'give-up' | 'ask'

/** Each name has one sentence in every catalogue (`failure.<name>`). */
export type FailureName =
  // reaching the server
  | 'offline'
  | 'endpoint-unknown'
  | 'endpoint-unreachable'
  | 'endpoint-not-xmpp'
  | 'endpoint-insecure'
  | 'wrong-domain'
  | 'connection-timeout'
  | 'connection-lost'
  | 'stream-invalid'
  | 'stream-refused'
  | 'conflict'
  // signing in
  | 'wrong-password'
  | 'password-needed'
  | 'account-disabled'
  | 'account-other'
  | 'login-temporary'
  | 'login-no-mechanism'
  | 'login-downgrade'
  | 'server-not-proven'
  | 'address-invalid'
  // stanzas
  | 'stanza-refused'
  | 'stanza-timeout'
  | 'recipient-unreachable'
  | 'recipient-unknown'
  | 'not-delivered'
  | 'not-federated'
  | 'not-allowed'
  | 'not-supported'
  | 'message-too-large'
  | 'maybe-sent'
  // storage
  | 'storage-full'
  | 'storage-failed'
  | 'storage-newer'
  | 'storage-blocked'
  | 'storage-gone'
  /** What lies there is not whole; signing in again makes it anew. */
  | 'storage-broken'
  /** An account lies there that nothing tells of any more; whoever signs in to it again gets back what waited. */
  | 'storage-stray'
  /** The browser lets nothing be stored here. */
  | 'storage-refused'
  /** Signing out could not erase what is stored. */
  | 'not-erased'
  | 'epoch-lost'
  | 'unexpected'

export interface Failure {
  readonly what: FailureName
  readonly remedy: Remedy
  /** For the log and for developers; never shown as the sentence. */
  readonly cause: string
}

/** Thrown where a function cannot return a Failure. */
export class Failed extends Error {
  readonly failure: Failure
  constructor(what: FailureName, remedy: Remedy, cause = '') {
    super(cause ? `${what}: ${cause}` : what)
    this.name = 'Failed'
    this.failure = { what, remedy, cause }
  }
}

/** The Failure behind anything that was thrown; what is not ours becomes `unexpected`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failed) return thrown.failure
  const cause = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return { what: 'unexpected', remedy: 'ask', cause }
}
