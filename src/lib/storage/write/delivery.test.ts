import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery, DeliveryStatus } from '#model/message.ts'
import { delivered, returned } from './delivery.ts'

const all: DeliveryStatus[] = ['queued', 'sending', 'uncertain', 'sent', 'delivered', 'displayed', 'failed']
const failure = { what: 'maybe-sent', remedy: 'ask', cause: '' } as const
const after = (...states: DeliveryStatus[]): Delivery =>
  states.reduce<Delivery | null>((delivery, status, at) => delivered(delivery, status, at), null) as Delivery

describe('what became of a message', () => {
  it('goes forward', () => {
    expect(after('queued', 'sending', 'sent', 'delivered').status).toBe('delivered')
    expect(after('queued', 'sending', 'delivered', 'sent').status).toBe('delivered')
    expect(after('queued', 'delivered', 'sending').status).toBe('delivered')
  })

  it('may be in doubt again and again until the server has it', () => {
    expect(after('queued', 'sending', 'uncertain', 'queued', 'sending').status).toBe('sending')
  })

  it('ends at the furthest proof, in whatever order proofs come', () => {
    const proofs: DeliveryStatus[] = ['sent', 'delivered', 'displayed']
    fc.assert(
      fc.property(
        fc.shuffledSubarray(proofs, { minLength: 1 }),
        fc.array(fc.constantFrom(...all.slice(0, 3))),
        (some, doubts) => {
          const furthest = proofs.findLast((proof) => some.includes(proof))
          expect(after(...doubts, ...some, ...doubts).status).toBe(furthest)
        },
      ),
    )
  })

  it('remembers the first time of each state', () => {
    expect(after('queued', 'sending', 'queued', 'sending').times).toMatchObject({ queued: 0, sending: 1 })
  })

  it('comes back until the addressee has it', () => {
    const back = (...states: DeliveryStatus[]): string => returned(after(...states), 'failed', 9, failure).status
    expect(back('queued', 'sending')).toBe('failed')
    expect(back('queued', 'sending', 'sent')).toBe('failed')
    expect(back('queued', 'sending', 'sent', 'delivered')).toBe('delivered')
    expect(back('queued', 'displayed')).toBe('displayed')
    const again = returned(returned(after('queued', 'sent'), 'failed', 5, failure), 'queued', 6, null)
    expect(again).toMatchObject({ status: 'queued', failure: null, times: { failed: 5, queued: 6 } })
  })

  it('forgets its failure when it gets further', () => {
    const doubtful = delivered(null, 'uncertain', 0, failure)
    expect(doubtful.failure).toEqual(failure)
    expect(delivered(doubtful, 'sent', 1).failure).toBeNull()
  })
})
