/** What became of a message of ours: states only go forward once the server has it. Asked by sync/outbox.ts and by copies that prove a state. */
import type { Failure } from '#model/failure.ts'
import { isForward, type Delivery, type DeliveryStatus } from '#model/message.ts'

export function delivered(
  delivery: Delivery | null,
  status: DeliveryStatus,
  now: number,
  failure: Failure | null = null,
): Delivery {
  const from = delivery ?? { status: 'queued', times: {}, failure: null }
  const isNext = delivery === null || isForward(from.status, status)
  return {
    status: isNext ? status : from.status,
    times: { ...from.times, [status]: from.times[status] ?? now },
    failure: isNext ? failure : from.failure,
  }
}
