/**
 * Asks a new session what account and server can do, and switches on what needs to be. What is made of it is left to the engine.
 */
import type { Clock } from '#model/clock.ts'
import { failureOf } from '#model/failure.ts'
import { domainOf, type BareJid } from '#model/jid.ts'
import { readPreferences, writePreferencesQuery } from './archive.ts'
import { readFeatures, readTime, writeCarbonsEnable, writeDiscoQuery, writeTimeQuery } from './disco.ts'
import { ns } from './namespace.ts'
import type { Session } from './session.ts'
import type { Abilities, ArchiveState } from './wire.ts'

/**
 * `hasStanzaIds`: what names itself the archive's id may be believed (XEP-0359 section 5).
 * @throws Failed where the answer to something is still to be had: none came, or it was "later"
 */
export async function discover(
  session: Pick<Session, 'ask'>,
  account: BareJid,
  clock: Clock,
): Promise<Abilities & { readonly hasStanzaIds: boolean }> {
  const features = async (to: BareJid | string): Promise<ReadonlySet<string>> => {
    try {
      return readFeatures(await session.ask('get', to, writeDiscoQuery()))
    } catch (error) {
      // Who cannot be asked that has none of it.
      unlessFinal(error)
      return new Set()
    }
  }
  const [own, server, offset] = await Promise.all([
    features(account),
    features(domainOf(account)),
    clockOffset(session, account, clock),
  ])
  const hasCarbons = server.has(ns.carbons) || own.has(ns.carbons)
  if (hasCarbons) await session.ask('set', null, writeCarbonsEnable()).catch(unlessFinal)
  const hasArchive = own.has(ns.mam) || server.has(ns.mam)
  return {
    archive: hasArchive ? await archiveState(session) : 'none',
    hasCarbons,
    keepsDisplayed: own.has(ns.publishOptions),
    clockOffset: offset,
    hasStanzaIds: own.has(ns.stanzaId) || server.has(ns.stanzaId),
  }
}

/** Silence and "later" do not say that there is none: nothing may be built on them. */
function unlessFinal(error: unknown): void {
  if (failureOf(error).remedy === 'wait') throw error
}

async function archiveState(session: Pick<Session, 'ask'>): Promise<ArchiveState> {
  try {
    const policy = readPreferences(await session.ask('get', null, writePreferencesQuery()))
    return policy === 'never' ? 'off' : policy === 'roster' ? 'partial' : 'available'
  } catch (error) {
    // Preferences are optional; without them the archive is as the server made it.
    unlessFinal(error)
    return 'available'
  }
}

async function clockOffset(session: Pick<Session, 'ask'>, account: BareJid, clock: Clock): Promise<number | null> {
  const before = clock.now()
  try {
    const at = readTime(await session.ask('get', domainOf(account), writeTimeQuery()))
    if (at === null) return null
    const after = clock.now()
    // Servers tell whole seconds: half a second is the best guess between.
    const offset = at + 500 - (before + after) / 2
    // Within what cannot be told apart the device is right: guessed anew by each session, time would run backwards.
    return Math.abs(offset) <= 500 + (after - before) / 2 ? 0 : offset
  } catch (error) {
    // Places are then guessed by the device's clock, as before; nobody need wait for that.
    if (failureOf(error).what === 'connection-lost') throw error
    return null
  }
}
