/** What signs an account in, as it stands in memory while a tab has the account open; what of it lies on disk is account-disk.ts. */
import type { LoginSecret } from '#xmpp/login.ts'
import type { ScramKeys } from '#xmpp/scram-keys.ts'
import type { OpenedBefore } from '#xmpp/session.ts'

export interface Login {
  keys: ScramKeys | null
  /** In memory alone, and only until the server has shown that it keeps its salt: with some, keys do not fit twice. */
  password: string | null
  pinned: string | null
  /** What signing in opened, for the engine to go on with. */
  opened: OpenedBefore | null
}

/** The password while it is known, else the keys. */
export function secretOf({ keys, password }: Login): LoginSecret {
  return password !== null || keys === null ? { password: password ?? '' } : { keys }
}

/** For whoever goes on with it, once: held on to, it would keep a session with all it heard for the life of the tab. */
export function takeOpened(login: Login): OpenedBefore | null {
  const { opened } = login
  login.opened = null
  return opened
}
