import { describe, expect, it } from 'vitest'
import type { Change } from '#model/change.ts'
import { Announcements, type Announced } from './announce.ts'

const roster: readonly Change[] = [{ kind: 'roster' }]
const everything: readonly Change[] = [{ kind: 'everything' }]

function tab() {
  const posted: Announced[] = []
  const shown: (readonly Change[])[] = []
  const network = {
    isOnline: () => true,
    isVisible: () => true,
    isFrozen: () => false,
    onChange: () => () => undefined,
  }
  const listener = { changed: (changes: readonly Change[]) => shown.push(changes), missed: () => undefined }
  const announcements = new Announcements(network, (announced) => posted.push(announced), listener)
  return { announcements, posted, shown }
}

describe('the last words of a leader that is deposed', () => {
  function deposed(): Announced {
    const { announcements, posted } = tab()
    announcements.begin(1, true)
    announcements.tell(roster)
    return posted.at(-1) as Announced
  }

  it('do not change how the next one counts', () => {
    const { announcements, posted } = tab()
    announcements.begin(2, true)
    const begun = announcements.number ?? 0
    announcements.hear(deposed())
    announcements.tell(roster)
    expect(posted.at(-1)?.number).toBe(begun + 1)
  })

  it('are nothing new to those who heard the next one', () => {
    const { announcements, posted } = tab()
    announcements.begin(2, true)
    announcements.tell(roster)
    const follower = tab()
    const [begun, told] = posted as [Announced, Announced]
    const late = deposed()
    follower.announcements.hear(begun)
    follower.announcements.hear(late)
    follower.announcements.compare(late.number)
    follower.announcements.hear(told)
    expect(follower.shown).toEqual([everything, roster])
  })
})
