// A person at the app on a disk that fails: tries again what was not taken, reloads where the page says so, and notices when
// something is told. The server is the fake one, time is the lab's own.
import { settle } from '../../flows/stage/disk.ts'
import { Household, type HouseholdTab } from '../../flows/stage/household.ts'
import { juliet } from '../../flows/stage/server.ts'
import type { Command, CommandResult } from '#model/command.ts'
import { failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import type { OpenAccount } from '#sync/account.ts'

export class Person {
  readonly house = new Household()
  tab!: HouseholdTab
  open!: OpenAccount
  /** When the fault came; lab's time in ms. */
  firedAt: number | null = null
  /** ms after that until the person could know. */
  told: number | null = null
  /** The browser closed a database: the page says so, and the person reloads. */
  mustReload = false
  readonly sent: string[] = []
  readonly examples: string[] = []

  /** Time passes; a page that says "reload" is reloaded. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.house.clock.advance(Math.min(500, left), settle)
      this.listen()
      if (this.mustReload && this.isClosed()) await this.reload()
    }
  }

  isClosed(): boolean {
    return this.tab.heard.some((each) => each.endsWith('gone'))
  }

  listen(): void {
    if (this.firedAt === null || this.told !== null) return
    const knows = this.open?.engine.state.storageFailure ?? this.tab.states.some((each) => each.storageFailure)
    if (knows || this.isClosed()) this.hear()
  }

  hear(): void {
    if (this.firedAt !== null) this.told ??= this.house.clock.monotonic() - this.firedAt
  }

  async reload(): Promise<void> {
    this.mustReload = false
    this.open?.engine.release()
    this.house.wires.at(-1)?.wire.die()
    this.open?.database.db.close()
    this.tab.kill()
    await this.start()
  }

  /** Opens the app; signs in where nobody is. */
  async start(): Promise<void> {
    this.tab = await this.house.tab()
    for (let round = 0; ; round++) {
      try {
        const { accounts } = this.tab
        this.open = (await accounts.current()) ?? (await this.tab.signIn().account)
        this.open.engine.start()
        break
      } catch (error) {
        this.refused(failureOf(error).what, round)
        await this.wait()
        if (this.isClosed()) {
          this.mustReload = false
          this.tab.kill()
          this.tab = await this.house.tab()
        }
      }
    }
    await this.pass(3_000)
  }

  refused(what: string, round: number): void {
    if (what.startsWith('storage-')) this.hear()
    else if (round === 0) this.examples.push(`told as ${what}`)
    if (round > 60) throw new Error(`never works again: ${what}`)
  }

  /** A second of the person's patience, in which nothing needs to be open. */
  wait(): Promise<void> {
    return this.house.clock.advance(1_000, settle)
  }

  /** The person tries until it is taken. */
  async persist(make: () => Command | Promise<Command>): Promise<string> {
    for (let round = 0; ; round++) {
      const result = await this.execute(await make())
      if (result.ok) return result.id ?? ''
      this.refused(result.failure.what, round)
      await this.pass(1_000)
    }
  }

  async execute(command: Command): Promise<CommandResult> {
    let result: CommandResult | undefined
    void this.open.engine.execute(command).then((answer) => (result = answer))
    for (let left = 40; left > 0 && result === undefined; left--) {
      await settle()
      if (result === undefined) await this.pass(500)
    }
    return result ?? { ok: false, failure: { what: 'storage-failed', remedy: 'wait', cause: 'no answer' } }
  }

  async write(body: string, jid: BareJid = juliet): Promise<void> {
    this.sent.push(body)
    await this.persist(async () => {
      const conversation = await this.persist(() => ({ do: 'open', jid }))
      return { do: 'send', conversation, originId: `o-${body}`, body }
    })
    await this.pass(500)
  }
}
