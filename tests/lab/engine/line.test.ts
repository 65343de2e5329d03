// The laboratory's line does what it says: what passes, what does not, and who learns of it.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Line, type Break } from './line.ts'

let server: WebSocketServer
let line: Line
const heard: string[] = []
let there: WebSocket[] = []

beforeEach(async () => {
  heard.length = 0
  there = []
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    there.push(socket)
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => heard.push(data.toString()))
  })
  line = await Line.to((server.address() as AddressInfo).port)
})

afterEach(async () => {
  for (const socket of there) socket.terminate()
  await line.close()
  server.close()
})

async function device(): Promise<{ socket: WebSocket; heard: string[]; isOver: () => boolean }> {
  const socket = new WebSocket(`ws://127.0.0.1:${line.port}`)
  const said: string[] = []
  let isOver = false
  socket.on('error', () => undefined)
  socket.on('close', () => (isOver = true))
  socket.on('message', (data: Buffer) => said.push(data.toString()))
  await once(socket, 'open')
  return { socket, heard: said, isOver: () => isOver }
}

const until = (fits: () => boolean): Promise<unknown> => vi.waitUntil(fits, { timeout: 5_000, interval: 2 })

describe('a line', () => {
  it('passes both ways, large and dripping', async () => {
    line.set({ drip: 7 })
    const { socket, heard: said } = await device()
    const large = 'x'.repeat(70_000)
    socket.send(large.slice(0, 3_000))
    there[0]!.send(large.slice(0, 3_000))
    await until(() => heard.length === 1 && said.length === 1)
    line.set({})
    socket.send(large)
    await until(() => heard.length === 2)
    expect(heard[1]).toBe(large)
  })

  it.each<[Break, boolean, boolean]>([
    [{ how: 'reset' }, true, true],
    [{ how: 'end' }, true, true],
    [{ how: 'half-open' }, true, false],
  ])('%j is seen by the device: %s, by the server: %s', async (way, byDevice, byServer) => {
    const { isOver } = await device()
    line.break(way)
    await until(isOver)
    // A whole further exchange on another connection: whoever was to learn of it has learned.
    const second = await device()
    second.socket.send('after')
    await until(() => heard.includes('after'))
    expect([isOver(), there[0]!.readyState !== WebSocket.OPEN]).toEqual([byDevice, byServer])
  })

  it.each<[Break, number, number]>([
    [{ how: 'black-hole' }, 0, 0],
    [{ how: 'deaf' }, 1, 0],
    [{ how: 'mute' }, 0, 1],
  ])('%j lets %i pass to the server and %i to the device', async (way, toServer, toDevice) => {
    const first = await device()
    line.break(way)
    first.socket.send('up')
    there[0]!.send('down')
    const second = await device()
    second.socket.send('after')
    there[1]!.send('after')
    await until(() => heard.includes('after') && second.heard.includes('after'))
    expect([heard.filter((each) => each === 'up').length, first.heard.length]).toEqual([toServer, toDevice])
    expect(first.isOver()).toBe(false)
    first.socket.terminate()
  })

  it('breaks after so many frames', async () => {
    const { socket, isOver } = await device()
    line.break({ how: 'frames', to: 'server', count: 3 })
    for (const each of ['1', '2'.repeat(300), '3'.repeat(70_000), '4', '5']) socket.send(each)
    await until(isOver)
    await until(() => heard.length === 3)
    expect(heard.map((each) => each[0])).toEqual(['1', '2', '3'])
  })

  it('breaks after so many bytes', async () => {
    const { heard: said, isOver } = await device()
    line.break({ how: 'bytes', to: 'device', count: 10 })
    there[0]!.send('1234')
    there[0]!.send('56789')
    await until(isOver)
    expect(said).toEqual(['1234'])
  })

  it('refuses while it is down', async () => {
    line.set({ isDown: true })
    const socket = new WebSocket(`ws://127.0.0.1:${line.port}`)
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error).toBeInstanceOf(Error)
  })
})

it('a port of nobody resets the device', async () => {
  const nobody = createServer()
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
  const { port } = nobody.address() as AddressInfo
  await new Promise((resolve) => nobody.close(resolve))
  const dead = await Line.to(port)
  const socket = new WebSocket(`ws://127.0.0.1:${dead.port}`)
  await once(socket, 'error')
  await dead.close()
})
