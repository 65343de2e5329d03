/** The ring keeps the newest, counts what repeats, and has no room for anything that somebody wrote. */
import { expect, it } from 'vitest'
import { logIdOf, RingLog, type LogNote } from './log.ts'
import { randomId } from './random.ts'

function stage(): { log: RingLog; time: { now: number } } {
  const time = { now: 1_000 }
  return { log: new RingLog(() => time.now), time }
}

it('counts what repeats, with the first and the last time', () => {
  const { log, time } = stage()
  log.note({ where: 'connection', what: 'offline', during: 'waiting' })
  time.now = 2_000
  log.note({ where: 'connection', what: 'offline', during: 'waiting' })
  log.note({ where: 'storage', what: 'storage-full' })
  expect(log.entries()).toEqual([
    { where: 'connection', what: 'offline', during: 'waiting', at: 1_000, until: 2_000, count: 2 },
    { where: 'storage', what: 'storage-full', at: 2_000, until: 2_000, count: 1 },
  ])
})

it('lets no flood of a few kinds wash away what came before', () => {
  const { log } = stage()
  log.note({ where: 'storage', what: 'storage-full' })
  for (let turn = 0; turn < 5_000; turn++)
    log.note({ where: 'gate', what: turn % 2 ? 'message-without-content' : 'presence-of-no-concern' })
  expect(log.entries().map(({ count }) => count)).toEqual([1, 2_500, 2_500])
})

it('keeps the newest 500', () => {
  const { log } = stage()
  for (let size = 0; size < 1_200; size++) log.note({ where: 'request', what: 'message-too-large', size })
  expect(log.entries()).toHaveLength(500)
  expect(log.entries()[0]?.size).toBe(700)
})

it('takes only ids that were drawn by lot', () => {
  const id = randomId()
  expect(logIdOf(id)).toBe(id)
  expect(logIdOf('juliet@capulet.example')).toBeUndefined()
  expect(logIdOf('Meet me at eight')).toBeUndefined()
})

it('has no room for text', () => {
  const notes: LogNote[] = [
    // @ts-expect-error -- not one of the names
    { where: 'gate', what: 'Meet me at eight' },
    // @ts-expect-error -- an address is no id
    { where: 'request', what: 'unexpected', conversation: 'juliet@capulet.example' },
    // @ts-expect-error -- nothing free beside
    { where: 'request', what: 'unexpected', cause: 'Meet me at eight' },
  ]
  expect(notes).toHaveLength(3)
})
