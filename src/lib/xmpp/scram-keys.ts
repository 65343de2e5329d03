/** What SCRAM leaves to sign in with next time. Small and apart from scram.ts, which brings the tables of SASLprep along. */
import type { ScramMechanism } from './mechanism.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** Signs in as well as the password, but only at this server and only while its salt stays: a secret, to be sealed. */
export interface ScramKeys {
  readonly mechanism: ScramMechanism
  readonly salt: Bytes
  readonly iterations: number
  readonly clientKey: Bytes
  readonly serverKey: Bytes
}

/** True where the server named the same salt and count twice: what was derived once will sign in again. */
export function areSteady(one: ScramKeys | null, other: ScramKeys | null): boolean {
  if (one === null || other === null) return false
  const isSameCount = one.mechanism === other.mechanism && one.iterations === other.iterations
  return isSameCount && isEqual(one.salt, other.salt)
}

/** Compares all bytes, wherever the first difference is. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= (one[at] ?? 0) ^ (other[at] ?? 0)
  return difference === 0
}
