/**
 * What still waited to be sent in databases that are replaced, as requests to the new one: they survive everything, and are
 * carried out once by whoever leads next (queue.ts). Which databases those are is left to account-disk.ts.
 */
import type { Command } from '#model/command.ts'
import { randomId } from '#model/random.ts'
import type { RootDatabase } from '#storage/database.ts'
import type { Salvage } from '#storage/read/salvage.ts'
import type { OutboxRow } from '#storage/schema.ts'
import { addRequest } from '#storage/write/request.ts'
import type { StoreKey } from '#vault/seal.ts'
import { nameOf, textOf, type XMLElement } from '#xmpp/element.ts'
import { parseFrame } from '#xmpp/parse.ts'

/** @throws Failed storage-* where a request could not be stored: then nothing may be wiped */
export async function salvage(
  root: RootDatabase,
  keys: readonly StoreKey[],
  account: string,
  before: readonly Salvage[],
): Promise<void> {
  let at = 0
  for (const outgoing of before.flatMap((each) => each.outgoing)) {
    const command = commandOf(outgoing)
    // Their order is that of `at`.
    if (command) await addRequest(root, keys, { id: randomId(), account, command, at: at++ })
  }
}

/** null: not even its text can be read. */
function commandOf({ to, originId, wire, firstAt }: OutboxRow): Command | null {
  const body = bodyOf(wire)
  return body === null ? null : { do: 'salvage', to, originId, body, wasTried: firstAt > 0 }
}

/** The text of a stanza that we wrote. */
function bodyOf(wire: string): string | null {
  try {
    const frame = parseFrame(wire)
    if (frame.kind !== 'element') return null
    const isBody = (child: XMLElement | string): child is XMLElement =>
      typeof child !== 'string' && nameOf(child) === 'body'
    const body = frame.element.children.find(isBody)
    return body ? textOf(body) : null
  } catch {
    // Not whole: nothing can be sent of it.
    return null
  }
}
