/** Only what is safe to open becomes a link, and only encrypted endpoints are tried. */
import { expect, it } from 'vitest'
import { endpointProblem, pageOfEndpoint } from './endpoint.ts'

it.each([
  ['wss://chat.example:5281/xmpp-websocket?x=1', 'https://chat.example:5281/xmpp-websocket?x=1'],
  ['ws://localhost:5280/ws', 'http://localhost:5280/ws'],
  ['wss://user:secret@chat.example/ws', 'https://chat.example/ws'],
  ['javascript:alert(1)', null],
  ['nonsense', null],
  [null, null],
])('%s opens as %s', (endpoint, page) => {
  expect(pageOfEndpoint(endpoint)).toBe(page)
})

it.each([
  [' ', 'empty'],
  ['chat.example', 'bad'],
  ['https://chat.example/ws', 'bad'],
  ['ws://chat.example/ws', 'bad'],
  ['ws://localhost:5280/ws', null],
  [' wss://chat.example/ws ', null],
])('%s typed by hand: %s', (text, problem) => {
  expect(endpointProblem(text)).toBe(problem)
})
