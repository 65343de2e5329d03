import { describe, expect, test } from 'vitest'
import type { Message } from '#model/message.ts'
import type { BareJid } from '#model/jid.ts'
import type { TimelineRow } from '#state/surface.ts'
import { groupSpan, layDays } from './group.ts'

const noon = new Date(2026, 10, 20, 12).getTime()

function said(localId: number, at: number, isOwn = false, sender = 'ivan@example.org'): TimelineRow {
  const message: Message = {
    localId,
    conversation: 'c',
    isOwn,
    senderJid: (isOwn ? 'mira@example.org' : sender) as BareJid,
    senderResource: null,
    via: 'live',
    isPending: false,
    sentAt: at,
    at,
    rank: 'a',
    originId: null,
    messageId: null,
    archiveId: null,
    encryption: null,
    delivery: null,
    parts: [{ kind: 'text', body: 'x' }],
    raw: null,
  }
  return { kind: 'message', key: String(localId), message }
}

/** Each item as its key with "(" where a group starts and ")" where it ends. */
function drawn(rows: readonly TimelineRow[], unreadFrom: number | null = null): string[] {
  return layDays(rows, unreadFrom).map((day) =>
    day.items.map((one) => `${one.startsGroup ? '(' : ''}${one.key}${one.endsGroup ? ')' : ''}`).join(' '),
  )
}

describe('groups', () => {
  test('messages of one sender within five minutes stand together', () => {
    expect(drawn([said(1, noon), said(2, noon + groupSpan), said(3, noon + 2 * groupSpan + 1)])).toEqual(['(1 2) (3)'])
  })

  test('another sender, another day, a gap and the unread divider part them', () => {
    expect(drawn([said(1, noon), said(2, noon + 1, true), said(3, noon + 2, true)])).toEqual(['(1) (2 3)'])
    expect(drawn([said(1, noon), said(2, noon + 1, false, 'ana@example.org')])).toEqual(['(1) (2)'])
    expect(drawn([said(1, noon), { kind: 'gap', key: 'g', isLoading: false }, said(2, noon + 1)])).toEqual([
      '(1) (g) (2)',
    ])
    expect(drawn([said(1, noon), said(2, noon + 1)], 2)).toEqual(['(1) (2)'])
    const midnight = new Date(2026, 10, 21).getTime()
    expect(drawn([said(1, midnight - 1), said(2, midnight)])).toEqual(['(1)', '(2)'])
  })

  test('a gap stands on the day of the message above it, or below where there is none', () => {
    const day = 86_400_000
    const gap: TimelineRow = { kind: 'gap', key: 'g', isLoading: false }
    expect(drawn([said(1, noon), gap, said(2, noon + day)])).toEqual(['(1) (g)', '(2)'])
    expect(drawn([gap, said(2, noon)])).toEqual(['(g) (2)'])
  })
})

describe('what has not changed is the same object', () => {
  const rows = Array.from({ length: 20 }, (_, index) => said(index, noon + index * 1000))

  test('all of it where nothing changed', () => {
    const before = layDays(rows, null)
    const after = layDays(
      rows.map((row) => ({ ...row })),
      null,
      before,
    )
    expect(after[0]).toBe(before[0])
  })

  test('all but one item where one row changed', () => {
    const before = layDays(rows, null)
    const after = layDays(
      rows.map((row, index) => (index === 7 ? said(7, noon + 7000) : row)),
      null,
      before,
    )
    const changed = after[0]!.items.filter((item, index) => item !== before[0]!.items[index])
    expect(changed.map((item) => item.key)).toEqual(['7'])
  })

  test('older days where rows are added at the end', () => {
    const early = said(100, noon - 86_400_000)
    const before = layDays([early, ...rows], null)
    const after = layDays([early, ...rows, said(101, noon + 30_000)], null, before)
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })

  test('a day that comes twice, by clocks that disagree, has two keys', () => {
    const days = layDays([said(1, noon), said(2, noon + 86_400_000), said(3, noon)], null)
    expect(new Set(days.map((day) => day.key)).size).toBe(3)
  })
})
