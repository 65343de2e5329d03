/** What is left of a replaced account and cannot be erased is tried again at each start, and keeps the account that is whole from nobody. */
import { expect, it } from 'vitest'
import type { ConversationRow } from '#storage/schema.ts'
import { Household } from './stage/household.ts'
import { self } from './stage/server.ts'

it('opens the account at the next start, and erases the rest when it can', async () => {
  const house = new Household()
  const first = await house.tab()
  const { database } = await first.signIn().account
  await database.db.put('conversation', { id: 'c', jid: 'not whole' } as unknown as ConversationRow)
  database.db.close()
  const erase = house.disk.deleteDatabase
  house.disk.deleteDatabase = () => {
    throw new DOMException('in use', 'UnknownError')
  }
  const made = await first.signIn().account
  made.database.db.close()
  first.kill()

  const second = await house.tab()
  const found = await second.accounts.current()
  expect(found?.row.id).toBe(made.row.id)
  expect((await house.rows(second)).map(({ state }) => state).sort()).toEqual(['leaving', 'open'])
  found?.database.db.close()
  second.kill()

  house.disk.deleteDatabase = erase
  const third = await house.tab()
  await third.accounts.current()
  expect(await house.rows(third)).toEqual([{ jid: self, state: 'open' }])
  expect(await house.databases()).toEqual([`besedka:/:${made.row.id}`])
})
