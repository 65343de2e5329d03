import { expect, test } from 'vitest'
import type { DeliveryStatus, Message } from '#model/message.ts'
import { menuOf, menuStep } from './action.ts'

function message(body: string | null, status: DeliveryStatus | null = null): Message {
  const delivery = status && { status, times: {}, failure: null }
  const parts = body === null ? [{ kind: 'sealed', scheme: 'x' }] : [{ kind: 'text', body }]
  return { parts, delivery } as unknown as Message
}

const labels = (one: Message, isWhole = false) => menuOf('1', one, isWhole).map((item) => item.label)

test('a message of others can be copied and looked at', () => {
  expect(labels(message('hello'))).toEqual(['message.copy', 'message.details'])
})

test('what was not sent can be tried again and deleted; what is in doubt can be sent again', () => {
  expect(labels(message('a', 'failed'))).toEqual([
    'message.retry',
    'message.copy',
    'message.details',
    'message.discard',
  ])
  expect(labels(message('a', 'uncertain'))[0]).toBe('message.sendAgain')
  expect(labels(message('a', 'queued')).at(-1)).toBe('message.discard')
  expect(labels(message('a', 'sending'))).not.toContain('message.discard')
  expect(labels(message('a', 'displayed'))).not.toContain('message.discard')
})

test('links and code inside are offered to the keyboard, each address once, five at most', () => {
  const body = '```\nlet a\n```\nhttps://example.org/1 https://example.org/1 *https://example.org/2*'
  const items = menuOf('1', message(body), false)
  expect(items.filter((item) => item.label === 'message.copyCode')).toHaveLength(1)
  expect(items.filter((item) => item.label === 'message.openLink').map((item) => item.action)).toEqual([
    { kind: 'open', href: 'https://example.org/1' },
    { kind: 'open', href: 'https://example.org/2' },
  ])
  const many = Array.from({ length: 9 }, (_, n) => `https://example.org/${n}`).join(' ')
  expect(labels(message(many)).filter((label) => label === 'message.openLink')).toHaveLength(5)
})

test('a long text can be shown whole, once', () => {
  expect(labels(message('x'.repeat(6000)))).toContain('message.showAll')
  expect(labels(message('x'.repeat(6000)), true)).not.toContain('message.showAll')
})

test('a sealed message has nothing to copy', () => {
  expect(labels(message(null))).toEqual(['message.details'])
})

test('a menu goes round', () => {
  expect([menuStep(0, 'ArrowUp', 3), menuStep(2, 'ArrowDown', 3), menuStep(1, 'End', 3), menuStep(1, 'a', 3)]).toEqual([
    2,
    0,
    2,
    null,
  ])
})
