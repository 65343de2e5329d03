// Real servers with people of their own: each starts once for a file, and every run on it has new people.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { startEjabberd } from '../../../tools/ejabberd/server.mjs'
import type { ServerShape } from '../../../tools/prosody/config.mjs'
import { startProsody } from '../../../tools/prosody/server.mjs'
import type { ServerProcess } from '../../../tools/server-process.mjs'
import { connectPeer, type Peer } from '../../peer/peer.ts'
import { Device, type Person } from './device.ts'

export type Program = 'prosody' | 'ejabberd'
/** Whether what is said is kept by the server: for everybody, for nobody, or not for those who said that they want none. */
export type Keeping = 'kept' | 'none' | 'off'

const start = { prosody: startProsody, ejabberd: startEjabberd }
const words = { kept: 'with an archive', none: 'without an archive', off: 'archive switched off' }

/** As reports name it. */
export function titleOf(program: Program, keeping: Keeping = 'kept'): string {
  return `${program === 'prosody' ? 'Prosody' : 'ejabberd'}, ${words[keeping]}`
}

export class Stage {
  readonly server: ServerProcess
  readonly #dir: string
  readonly #devices: Device[] = []
  readonly #bots: Peer[] = []

  private constructor(server: ServerProcess, dir: string) {
    this.server = server
    this.#dir = dir
  }

  static async make(shape: ServerShape = {}, program: Program = 'prosody'): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'besedka-lab-'))
    return new Stage(await start[program]({ ...shape, dir }), dir)
  }

  person(): Promise<Person> {
    return this.server.register(`u${randomBytes(5).toString('hex')}`, randomBytes(6).toString('base64url'))
  }

  async device(person: Person): Promise<Device> {
    const device = await Device.make({ person, port: this.server.httpPort })
    this.#devices.push(device)
    return device
  }

  async bot({ user, password }: Person): Promise<Peer> {
    const { domain, wsUrl } = this.server
    const bot = await connectPeer({ wsUrl, domain, user, password })
    this.#bots.push(bot)
    return bot
  }

  async end(): Promise<void> {
    for (const device of this.#devices) await device.end()
    for (const bot of this.#bots) bot.abort()
    await this.server.stop()
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

/** The servers of one file, each started when it is first asked for. */
export class Stages {
  readonly #made = new Map<string, Promise<Stage>>()

  of(program: Program, shape: ServerShape = {}): Promise<Stage> {
    const key = JSON.stringify([program, shape])
    const made = this.#made.get(key) ?? Stage.make(shape, program)
    this.#made.set(key, made)
    return made
  }

  async end(): Promise<void> {
    for (const stage of this.#made.values()) await (await stage).end()
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits for a condition. @throws after `limit` ms */
export async function until(what: string, fits: () => boolean | Promise<boolean>, limit = 60_000): Promise<void> {
  const end = Date.now() + limit
  while (!(await fits())) {
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`)
    await pause(20)
  }
}
