/**
 * What became of a message of ours: the two ways in which a status changes. Who learned it is in sync/delivery.ts, and in
 * message.ts for copies that prove a state.
 */
import type { Failure } from '#model/failure.ts'
import { isForward, type Delivery, type DeliveryStatus } from '#model/message.ts'

/** Something proves `status`; once the server has the message, it only goes forward. */
export function delivered(
  delivery: Delivery | null,
  status: DeliveryStatus,
  now: number,
  failure: Failure | null = null,
): Delivery {
  const from = delivery ?? { status: 'queued', times: {}, failure: null }
  const isNext = delivery === null || isForward(from.status, status)
  return {
    ...from,
    status: isNext ? status : from.status,
    times: { ...from.times, [status]: from.times[status] ?? now },
    failure: isNext ? failure : from.failure,
  }
}

/** What a mark of the addressee proves. */
export function provenBy(marker: 'received' | 'displayed'): 'delivered' | 'displayed' {
  return marker === 'received' ? 'delivered' : marker
}

/** It came back, or the person tries again: the only way back, and closed once the addressee is known to have it. */
export function returned(
  delivery: Delivery | null,
  status: 'queued' | 'failed',
  now: number,
  failure: Failure | null,
): Delivery {
  if (delivery !== null && hasArrived(delivery)) return delivery
  return { ...delivery, status, times: { ...delivery?.times, [status]: now }, failure }
}

/** True where the addressee is known to have it. */
export function hasArrived(delivery: Delivery): boolean {
  return delivery.status === 'delivered' || delivery.status === 'displayed'
}
