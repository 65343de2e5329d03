/**
 * One account's engine in one tab: leads where the lock is ours, else follows; screens cannot tell the difference.
 * What changed and how it stands is told to every tab by broadcast.
 */
import type { Look } from '#model/attention.ts'
import type { Answer, Command, CommandResult, EngineState, Question } from '#model/command.ts'
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import { failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import type { Network } from '#model/network.ts'
import type { Log } from '#model/log.ts'
import type { Tabs } from '#model/tabs.ts'
import { takeEpoch, type AccountDatabase, type RootDatabase } from '#storage/database.ts'
import type { Proof } from '#xmpp/login.ts'
import { Announcements, type Announced } from './announce.ts'
import { Asleep } from './asleep.ts'
import { Attention } from './attention.ts'
import { Core } from './core.ts'
import { Lead, type MakeWire } from './lead.ts'
import { Leadership } from './leader.ts'
import { logAnswer, logRefusals, logResult, logState } from './log.ts'
import type { MayTell } from './owed.ts'
import { Questions } from './question.ts'
import { Requests } from './request.ts'

export interface EngineOptions {
  readonly account: AccountDatabase
  readonly accountId: string
  readonly self: BareJid
  readonly root: RootDatabase
  readonly clock: Clock
  readonly network: Network
  readonly tabs: Tabs
  readonly log: Log
  readonly endpoint: () => string | null
  loadWire(): Promise<MakeWire>
  readonly mayTell: MayTell
  proven(proof: Proof): void
  /** The person gave the password again, in this tab or another. */
  renewed(password: string): void
}

export interface EngineListener {
  changed(changes: readonly Change[]): void
  state(state: EngineState): void
  /** Another tab is signing out: this one must let go of everything. */
  leaving(): void
}

type Signal =
  | Announced
  | { readonly kind: 'state'; readonly state: EngineState }
  | { readonly kind: 'state?' }
  | { readonly kind: 'question'; readonly id: string; readonly question: Question }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answer }
  | { readonly kind: 'look?' }
  /** null: the tab is going away. */
  | { readonly kind: 'look'; readonly tab: string; readonly look: Look | null }
  | { readonly kind: 'leaving' }

/** ms until leading is tried again where the disk or the network refused the code for it. */
const leadPause = 2_000

const unknown: EngineState = {
  connection: { phase: 'connecting', failure: null, retryAt: null, endpoint: null },
  progress: null,
  storageFailure: null,
  archive: 'unknown',
}

export class Engine {
  readonly #options: EngineOptions
  readonly #listener: EngineListener
  readonly #leadership: Leadership
  readonly #requests: Requests
  readonly #announcements: Announcements
  readonly #asleep: Asleep
  readonly #channel: string
  readonly #unlisten: () => void
  readonly #questions: Questions
  #lead: Lead | null = null
  #attention: Attention | null = null
  #look: Look | null = null
  #state: EngineState = unknown
  #turn = 0

  constructor(options: EngineOptions, listener: EngineListener) {
    this.#options = options
    this.#listener = listener
    const { account, tabs, clock, network, root, accountId } = options
    this.#channel = `${account.name}:engine`
    this.#asleep = new Asleep(network)
    this.#requests = new Requests(root, account, accountId, tabs, clock, this.#asleep)
    this.#questions = new Questions(clock, (id, question) => this.#post({ kind: 'question', id, question }))
    this.#announcements = new Announcements(network, (announced) => this.#post(announced), {
      changed: (changes) => listener.changed(changes),
      missed: () => this.#post({ kind: 'state?' }),
    })
    this.#leadership = new Leadership(tabs, clock, network, `${account.name}:leader`, {
      lead: () => void this.#takeLead(),
      yield: () => this.#yield(),
      told: () => (this.#lead ? this.#announcements.number : null),
      heard: (told) => this.#announcements.compare(told),
    })
    this.#unlisten = tabs.listen(this.#channel, (message) => this.#receive(message as Signal))
  }

  get state(): EngineState {
    return this.#state
  }

  get isLeader(): boolean {
    return this.#lead !== null
  }

  start(): void {
    this.#leadership.start()
    this.#post({ kind: 'state?' })
  }

  async #takeLead(): Promise<void> {
    // The lock may come twice, by waiting and by force: what was begun with the first one ends here.
    this.#stopLeading('drop')
    const turn = this.#turn
    const isOurs = (): boolean => turn === this.#turn
    const { account, self, clock } = this.#options
    try {
      const epoch = await takeEpoch(account)
      if (!isOurs()) return
      this.#announcements.begin(epoch, this.#state === unknown)
      const core = new Core(account, self, epoch, clock, {
        changed: (changes) => this.#announcements.tell(changes),
        storage: (failure) => this.#put({ storageFailure: failure }),
        // Another tab took the epoch, though perhaps not the lock: whoever holds that leads anew.
        deposed: () => this.#leadership.stepDown(),
      })
      const lead = await Lead.make({
        core,
        endpoint: this.#options.endpoint,
        loadWire: async () => {
          const makeWire = await this.#options.loadWire()
          return (resume, listener) => makeWire(resume, logRefusals(this.#options.log, listener))
        },
        mayTell: this.#options.mayTell,
        inSight: () => this.#attention?.inSight ?? null,
        // What ends late says nothing of how it stands with whoever leads by then.
        state: (state) => {
          if (isOurs()) this.#put(state)
        },
        proven: (proof) => this.#options.proven(proof),
        renewed: (password) => this.#options.renewed(password),
      })
      if (!isOurs()) return lead.stop('drop')
      this.#lead = lead
      if (this.#state.storageFailure) this.#put({ storageFailure: null })
      this.#requests.lead((command) => lead.execute(command))
      this.#attend(lead)
      lead.start()
    } catch (error) {
      if (!isOurs()) return
      this.#put({ storageFailure: failureOf(error) })
      // The lock is ours, so nobody else can lead: it must be tried again here.
      this.#options.clock.after(leadPause, () => {
        if (isOurs()) void this.#takeLead()
      })
    }
  }

  #attend(lead: Lead): void {
    this.#attention = new Attention(this.#options.clock, {
      seen: async (conversation, localId) => (await lead.execute({ do: 'read', conversation, localId })).ok,
      looking: (isLooking) => lead.setActive(isLooking),
    })
    this.#attention.report(this.#options.tabs.id, this.#look)
    this.#post({ kind: 'look?' })
  }

  /** What the person of this tab sees, for whoever leads; null: the tab is going away. */
  look(look: Look | null): void {
    this.#look = look
    const tab = this.#options.tabs.id
    if (this.#attention) this.#attention.report(tab, look)
    else this.#post({ kind: 'look', tab, look })
  }

  /** Nothing may be written any more; the socket goes without closing the stream, so that the new leader resumes it. */
  #yield(): void {
    this.#stopLeading('drop')
    // What the new leader told while this tab believed to lead was not heard.
    this.#post({ kind: 'state?' })
  }

  #stopLeading(how: 'end' | 'drop'): void {
    this.#turn++
    this.#requests.follow()
    this.#attention?.stop()
    this.#attention = null
    this.#lead?.stop(how)
    this.#lead = null
  }

  /** Gives the lead away, as a closing page does. */
  handOver(): void {
    this.#yield()
    this.look(null)
    this.#leadership.stop()
  }

  /** Leaves for good: every other tab is told, and whichever leads closes the stream. */
  leave(): void {
    this.#post({ kind: 'leaving' })
    this.#stopLeading('end')
    this.release()
  }

  /** Lets go of locks and channels; what other tabs do is theirs. */
  release(): void {
    this.#stopLeading('drop')
    this.#leadership.stop()
    this.#requests.stop()
    this.#announcements.stop()
    this.#asleep.stop()
    this.#unlisten()
    this.#questions.stop()
  }

  async execute(command: Command): Promise<CommandResult> {
    const led = await this.#lead?.execute(command)
    // Deposed over it: it is a wish to the new leader then. Every command may be carried out twice without harm.
    const isDone = led && (led.ok || led.failure.what !== 'epoch-lost')
    const asked = isDone ? Promise.resolve(led) : this.#requests.ask(command)
    const result = await asked.catch((error: unknown) => ({ ok: false, failure: failureOf(error) }) as const)
    return logResult(this.#options.log, command, result)
  }

  /** For a page that is going away: stored in one step, carried out by whoever leads next. */
  leaveCommand(command: Command): void {
    this.#requests.leave(command)
  }

  async ask(question: Question): Promise<Answer> {
    const answer = await (this.#lead ? this.#lead.answer(question) : this.#questions.ask(question))
    return logAnswer(this.#options.log, question, answer)
  }

  #put(state: Partial<EngineState>): void {
    this.#hear({ ...this.#state, ...state })
    this.#post({ kind: 'state', state: this.#state })
  }

  #hear(state: EngineState): void {
    logState(this.#options.log, this.#state, state)
    this.#state = state
    this.#listener.state(state)
  }

  #post(signal: Signal): void {
    this.#options.tabs.post(this.#channel, signal)
  }

  #receive(signal: Signal): void {
    switch (signal.kind) {
      case 'changed':
        return this.#announcements.hear(signal)
      case 'state':
        if (this.#options.network.isFrozen()) this.#announcements.slept()
        else if (!this.#lead) this.#hear(signal.state)
        return
      case 'state?':
        if (this.#lead) this.#post({ kind: 'state', state: this.#state })
        return
      case 'question':
        if (this.#lead)
          void this.#lead
            .answer(signal.question)
            .then((answer) => this.#post({ kind: 'answer', id: signal.id, answer }))
        return
      case 'answer':
        return this.#asleep.whenAwake(() => this.#questions.answered(signal.id, signal.answer))
      case 'look':
        this.#attention?.report(signal.tab, signal.look)
        return
      case 'look?':
        if (this.#look) this.look(this.#look)
        return
      case 'leaving':
        // Only dropped, the session would hold what is sent to it, and look present, until it times out.
        this.#stopLeading('end')
        this.release()
        return this.#listener.leaving()
    }
  }
}
