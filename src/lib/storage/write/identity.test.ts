import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import type { IncomingMessage } from '#model/incoming.ts'
import type { BareJid } from '#model/jid.ts'
import { openAccount, takeEpoch, write } from '../database.ts'
import { MessageWriter } from './message.ts'
import { ascending } from './placing.ts'

const self = 'romeo@montague.example' as BareJid
const juliet = 'juliet@capulet.example' as BareJid
const noon = Date.UTC(2026, 10, 22, 12)
const minute = 60_000

const base: IncomingMessage = {
  peer: juliet,
  isOwn: false,
  senderJid: juliet,
  senderResource: null,
  via: 'live',
  stamp: noon,
  messageId: null,
  originId: null,
  archiveId: null,
  by: null,
  content: { parts: [{ kind: 'text', body: 'hi' }], raw: null },
  encryption: null,
  wantsReceipt: false,
  wantsDisplayed: false,
}

/** Number of rows after both were stored, the second in a transaction of its own. */
async function rows(...copies: Partial<IncomingMessage>[]): Promise<number> {
  const quiet = { blocked: () => undefined, closed: () => undefined }
  const account = await openAccount(new IDBFactory(), 'account', quiet)
  const epoch = await takeEpoch(account)
  for (const copy of copies) {
    await write(account, epoch, noon, async (writing) => {
      const writer = new MessageWriter(writing)
      const message = { ...base, ...copy }
      const order = ascending('forward')
      const isPage = message.via === 'archive'
      const page = { kind: 'page', order, isNews: true, covers: true } as const
      await writer.store(message, isPage ? page : { kind: 'live', serverNow: noon, opened: 0, announced: Infinity })
      await writer.finish()
    })
  }
  return account.db.count('message')
}

const archived = (archiveId: string): Partial<IncomingMessage> => ({ via: 'archive', archiveId, by: self })
const other = { content: { parts: [{ kind: 'text' as const, body: 'other' }], raw: null } }

describe('one message', () => {
  it.each<[string, Partial<IncomingMessage>, Partial<IncomingMessage>]>([
    ['by archive id, whatever else differs', archived('1'), { ...archived('1'), ...other, messageId: 'x' }],
    ['by origin id', { originId: 'o' }, { ...archived('1'), originId: 'o' }],
    ['where one copy lost its origin id', { messageId: 'm' }, { messageId: 'm', originId: 'm' }],
    ['where the other lost it', { messageId: 'm', originId: 'm' }, { messageId: 'm' }],
    ['by origin id under two archive ids', { ...archived('1'), originId: 'o' }, { ...archived('2'), originId: 'o' }],
    [
      'of ours by origin id',
      { isOwn: true, senderJid: self, originId: 'o' },
      { isOwn: true, senderJid: self, originId: 'o', ...other },
    ],
    ['by the stanza’s id within a day', { messageId: 'm' }, { messageId: 'm', stamp: noon - 23 * 60 * minute }],
    ['without any id within two minutes', {}, { ...archived('1'), stamp: noon - minute }],
  ])('is found %s', async (_, first, second) => {
    expect(await rows(first, second)).toBe(1)
  })
})

it.each<[string, Partial<IncomingMessage>]>([
  ['origin id', { originId: 'o' }],
  ['id that is both', { originId: 'o', messageId: 'o' }],
  ['stanza’s id', { messageId: 'm' }],
])('the second of two under one %s is found as well', async (_, ids) => {
  expect(await rows(ids, { ...ids, ...other }, { ...ids, ...other })).toBe(2)
})

describe('two messages', () => {
  it.each<[string, Partial<IncomingMessage>, Partial<IncomingMessage>]>([
    ['with other words under one origin id', { originId: 'o' }, { originId: 'o', ...other }],
    ['with other words under one stanza’s id', { messageId: 'm' }, { messageId: 'm', ...other }],
    ['with one stanza’s id and two origin ids', { messageId: 'm', originId: 'a' }, { messageId: 'm', originId: 'b' }],
    ['of two days under one stanza’s id', { messageId: 'm' }, { messageId: 'm', stamp: noon - 25 * 60 * minute }],
    ['of two senders under one id', { messageId: 'm' }, { messageId: 'm', isOwn: true, senderJid: self }],
    ['in the archive without any id', archived('1'), archived('2')],
    ['without any id five minutes apart', {}, { ...archived('1'), stamp: noon - 5 * minute }],
    ['said twice live without any id', {}, {}],
    ['in two archives under one id', archived('1'), { ...archived('1'), by: juliet }],
  ])('are kept: %s', async (_, first, second) => {
    expect(await rows(first, second)).toBe(2)
  })
})

describe('one burst', () => {
  /** Number of rows after all came in one transaction that asked the disk for them beforehand. */
  async function rowsOfBurst(...copies: Partial<IncomingMessage>[]): Promise<number> {
    const quiet = { blocked: () => undefined, closed: () => undefined }
    const account = await openAccount(new IDBFactory(), 'account', quiet)
    const epoch = await takeEpoch(account)
    const messages = copies.map((copy) => ({ ...base, ...copy }))
    for (const burst of [[{ ...base, messageId: 'before' }], messages]) {
      await write(account, epoch, noon, async (writing) => {
        const writer = new MessageWriter(writing)
        await writer.foresee(burst)
        for (const message of burst)
          await writer.store(message, { kind: 'live', serverNow: noon, opened: 0, announced: Infinity })
        await writer.finish()
      })
    }
    return (await account.db.count('message')) - 1
  }

  it.each<[string, Partial<IncomingMessage>]>([
    ['archive id', { ...archived('1'), messageId: 'a' }],
    ['origin id', { originId: 'o' }],
    ["the stanza's id", { messageId: 'm' }],
  ])('stores a copy that comes twice in it once, by %s', async (_, copy) => {
    expect(await rowsOfBurst({ messageId: 'x' }, copy, { messageId: 'y' }, copy)).toBe(3)
  })

  it('finds what an earlier one stored', async () => {
    expect(await rowsOfBurst({ messageId: 'x' }, { messageId: 'before' }, { messageId: 'y' })).toBe(2)
  })
})

it('tells why a row that nobody waited for could not be added, and keeps nothing', async () => {
  const quiet = { blocked: () => undefined, closed: () => undefined }
  const account = await openAccount(new IDBFactory(), 'account', quiet)
  const epoch = await takeEpoch(account)
  const failing = write(account, epoch, noon, async (writing) => {
    const store = writing.tx.objectStore('roster')
    const row = { jid: juliet, name: '', subscription: 'none' as const, isAsked: false, groups: [] }
    writing.later(store.add(row))
    writing.later(store.add(row))
    await store.count()
  })
  await expect(failing).rejects.toMatchObject({ failure: { what: 'unexpected', remedy: 'give-up' } })
  expect(await account.db.count('roster')).toBe(0)
})
