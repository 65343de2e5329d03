// `npm start` on a machine where something is in the way.
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ensureSystem } from '../tools/apt.mjs'
import { choosePort, freePort } from '../tools/ports.mjs'

let said: string[]
let taken: Server | undefined

beforeEach(() => {
  said = []
  const hear = (line: string) => void said.push(line)
  vi.spyOn(console, 'log').mockImplementation(hear)
  vi.spyOn(console, 'error').mockImplementation(hear)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  taken?.close()
})

it('says that a port is taken, and which one is used', async () => {
  const port = await freePort()
  taken = createServer()
  await new Promise<void>((resolve) => taken?.listen(port, '127.0.0.1', resolve))
  const chosen = await choosePort(String(port), 4173)
  expect(chosen).not.toBe(port)
  expect(said).toEqual([`Port ${port} is taken; ${chosen} is used.`])
})

it.each(['abc', '0', '70000', '80.5', ''])('refuses %j as a port', async (asked) => {
  await expect(choosePort(asked, 4173)).rejects.toThrow('--port takes a number')
})

it('installs nothing in place of a program that a variable names wrongly', async () => {
  vi.stubEnv('PROSODY', '/no/such/prosody')
  expect(await ensureSystem(['prosody'])).toEqual({ prosody: null })
  expect(said).toEqual(['The environment variable PROSODY names no program: /no/such/prosody'])
})
