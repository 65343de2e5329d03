/**
 * A window on one stored conversation: 150 to 300 rows around what the person looks at. It only lays committed changes on
 * itself; where the screen stands is left to ui/timeline/scroll.svelte.ts.
 */
import type { Change } from '#model/change.ts'
import type { Failure } from '#model/failure.ts'
import { isShown, type ConversationId, type LocalId, type Message } from '#model/message.ts'
import type { BareJid } from '#model/jid.ts'
import type { AccountDatabase } from '#storage/database.ts'
import { readCoverage, readGaps } from '#storage/read/conversation.ts'
import { readAfter, readBefore, readFirstUnread, readMessages } from '#storage/read/message.ts'
import type { GapRow as StoredGap } from '#storage/schema.ts'
import type { Engine } from '#sync/engine.ts'
import type { Conversations } from './conversations.svelte.ts'
import type { Outcome, TimelineRow, TimelineSurface } from './surface.ts'
import { TimelineMender } from './timeline-mender.ts'
import { anchorOf, compareShown, layOver, layRows } from './timeline-rows.ts'

const most = 300
const kept = 220
const step = 80
const first = 150
/** What the tallest screens show at once: drawn alone, it is readable soonest. */
const screenful = 50

const nothing = (): void => undefined

export class Timeline implements TimelineSurface {
  readonly conversation: ConversationId
  isLoaded = $state(false)
  hasOlder = $state(true)
  hasNewer = $state(false)
  isLoadingOlder = $state(false)
  olderFailure = $state.raw<Failure | null>(null)
  archiveState = $state<TimelineSurface['archiveState']>('unknown')
  unreadFrom = $state<LocalId | null>(null)
  #messages = $state.raw<readonly Message[]>([])
  #gaps = $state.raw<readonly StoredGap[]>([])
  #filling = $state<string | null>(null)
  readonly rows: readonly TimelineRow[] = $derived(layRows(this.#messages, this.#gaps, this.#filling))
  readonly unread = $derived.by(() => this.#conversations.item(this.conversation)?.unread ?? 0)
  readonly #account: AccountDatabase
  readonly #engine: Engine
  readonly #conversations: Conversations
  readonly #self: BareJid
  readonly #peer: BareJid
  readonly #onShown: (seen: LocalId | null) => void
  #isArchiveRead = false
  /** The window is the screenful it was opened with: the rest of its usual size may be stored. */
  #isScreenful = false
  /** The newest message is in sight, or will be once it is drawn: else what is read lies further up. */
  #isAtEnd = false
  #toApply: Change[] = []
  readonly #mender: TimelineMender
  #queue: Promise<void> = Promise.resolve()

  constructor(
    conversation: ConversationId,
    peer: BareJid,
    self: BareJid,
    account: AccountDatabase,
    engine: Engine,
    conversations: Conversations,
    onShown: (seen: LocalId | null) => void,
  ) {
    this.#onShown = onShown
    this.conversation = conversation
    this.#peer = peer
    this.#self = self
    this.#account = account
    this.#engine = engine
    this.#mender = new TimelineMender(engine)
    this.#conversations = conversations
  }

  /** From the first unread message on, else the newest. */
  load(): Promise<void> {
    return this.#inTurn(() => this.#load())
  }

  /**
   * One look into the store after another: what is committed while one is under way is laid on what it found.
   * Nothing in a turn may wait for another turn, or for the network.
   */
  #inTurn<T>(look: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(look)
    this.#queue = done.then(nothing, nothing)
    return done
  }

  async #load(): Promise<void> {
    const item = this.#conversations.item(this.conversation)
    const state = this.#readArchiveState()
    if (!item || item.unread === 0) return this.#loadLatest(state)
    const unread = await readFirstUnread(this.#account, this.conversation, item.read)
    this.unreadFrom = unread?.localId ?? null
    await state
    if (unread) {
      const anchor = anchorOf(unread)
      const before = await readBefore(this.#account, this.conversation, anchor, first / 2, true)
      const after = await readAfter(this.#account, this.conversation, anchor, first)
      this.#messages = [...before, ...after]
      this.#mender.mend(this.#messages)
      this.hasNewer = after.length === first
      this.hasOlder = before.length === first / 2 || !this.#isArchiveRead
      this.isLoaded = true
    } else {
      await this.#loadLatest()
    }
  }

  async #loadLatest(state?: Promise<void>): Promise<void> {
    const [messages] = await Promise.all([readBefore(this.#account, this.conversation, null, screenful), state])
    // In one step with the rows: whoever draws them places them at once.
    this.#messages = messages
    this.#mender.mend(messages)
    this.#isScreenful = messages.length === screenful
    this.#isAtEnd = true
    this.isLoaded = true
    this.hasNewer = false
    this.hasOlder = messages.length === screenful || !this.#isArchiveRead
  }

  widen(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isScreenful && !this.hasNewer) await this.#prependStored(first - screenful)
    })
  }

  async #readArchiveState(): Promise<void> {
    const { archive } = this.#engine.state
    this.archiveState = archive
    const [own, all, gaps] = await Promise.all([
      readCoverage(this.#account, this.#self, this.#peer),
      readCoverage(this.#account, this.#self, ''),
      readGaps(this.#account, this.#self),
    ])
    this.#gaps = gaps
    this.#isArchiveRead = archive === 'none' || archive === 'off' || (own?.isComplete ?? all?.isComplete ?? false)
  }

  /** Lays committed changes on the window, in the order they came: what came while the window was busy in one step. */
  apply(changes: readonly Change[]): void {
    this.#toApply.push(...changes)
    void this.#inTurn(() => this.#apply(this.#toApply.splice(0))).catch(() => undefined)
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    if (!this.isLoaded) return
    const wanted = new Set<LocalId>()
    const removed = new Set<LocalId>()
    if (changes.some((change) => change.kind === 'everything')) return this.#readAgain()
    for (const change of changes) {
      if (change.kind === 'coverage') await this.#readArchiveState()
      if (!('localId' in change) || change.conversation !== this.conversation) continue
      if (change.kind === 'message-removed') removed.add(change.localId)
      else wanted.add(change.localId)
    }
    if (wanted.size === 0 && removed.size === 0) return
    // Of more than a screen at once only the end is seen.
    if (wanted.size > screenful && this.#isAtEnd && !this.hasNewer) return this.#loadLatest()
    const fresh = (await readMessages(this.#account, [...wanted])).filter(isShown)
    this.#lay(fresh, new Set([...wanted, ...removed]))
  }

  /** The rows of the window, and those that came behind it. */
  async #readAgain(): Promise<void> {
    await this.#readArchiveState()
    const oldest = this.#messages[0]
    if (!oldest) return this.#loadLatest()
    const first = await readMessages(this.#account, [oldest.localId])
    const rest = await readAfter(this.#account, this.conversation, anchorOf(oldest), most)
    if (rest.length === most) {
      if (this.#isAtEnd && !this.hasNewer) return this.#loadLatest()
      this.hasNewer = true
    }
    this.#lay([...first.filter(isShown), ...rest], new Set(this.#messages.map((message) => message.localId)))
  }

  #lay(fresh: readonly Message[], replaced: ReadonlySet<LocalId>): void {
    const rest = this.#messages.filter((message) => !replaced.has(message.localId))
    const oldest = this.#messages[0]
    const newest = this.#messages.at(-1)
    const inside = fresh.filter((message) => {
      // What lies outside of the window is found in the store when the window moves there.
      if (this.hasNewer && newest && compareShown(message, newest) > 0) return false
      if (this.hasOlder && oldest && compareShown(message, oldest) < 0) return false
      return true
    })
    this.#mender.mend(inside)
    const merged = layOver(rest, inside)
    const isFull = merged.length > most && !this.hasNewer
    // The border at which nobody reads gives way.
    if (isFull && this.#isAtEnd) this.hasOlder = true
    else if (isFull) this.hasNewer = true
    this.#messages = !isFull ? merged : this.#isAtEnd ? merged.slice(-kept) : merged.slice(0, most)
  }

  async loadOlder(): Promise<void> {
    if (this.isLoadingOlder || !this.hasOlder || !this.isLoaded) return
    this.isLoadingOlder = true
    this.olderFailure = null
    try {
      if (await this.#inTurn(() => this.#prependStored())) return
      await this.#fetchOlder()
    } finally {
      this.isLoadingOlder = false
    }
  }

  /** True where the store had enough. */
  async #prependStored(count = step): Promise<boolean> {
    const oldest = this.#messages[0]
    const older = await readBefore(this.#account, this.conversation, oldest ? anchorOf(oldest) : null, count)
    this.#prepend(older)
    this.#isScreenful = false
    this.hasOlder = older.length === count || !this.#isArchiveRead
    return older.length > 0
  }

  #prepend(older: readonly Message[]): void {
    this.#mender.mend(older)
    if (older.length === 0) return
    const all = layOver(this.#messages, older)
    if (all.length > most) this.hasNewer = true
    this.#messages = all.length > most ? all.slice(0, kept) : all
  }

  async #fetchOlder(): Promise<void> {
    // A page may hold nothing to show (receipts, marks): go on, but not for ever.
    for (let round = 0; round < 5 && !this.#isArchiveRead; round++) {
      const answer = await this.#engine.ask({ ask: 'older', conversation: this.conversation })
      if (!answer.ok) {
        this.olderFailure = answer.failure
        return
      }
      const found = this.#inTurn(() => {
        this.#isArchiveRead = answer.isComplete
        return this.#prependStored()
      })
      if (await found) return
    }
  }

  loadNewer(): Promise<void> {
    return this.#inTurn(() => this.#appendStored())
  }

  async #appendStored(): Promise<void> {
    const newest = this.#messages.at(-1)
    if (!this.hasNewer || !newest) return
    const newer = await readAfter(this.#account, this.conversation, anchorOf(newest), step)
    this.#mender.mend(newer)
    this.hasNewer = newer.length === step
    const all = layOver(this.#messages, newer)
    if (all.length > most) this.hasOlder = true
    this.#messages = all.length > most ? all.slice(-kept) : all
  }

  toLatest(): Promise<void> {
    // Also for what comes before the screen stands there.
    this.#isAtEnd = true
    return this.#inTurn(async () => {
      if (this.hasNewer) await this.#loadLatest()
    })
  }

  async fillGap(key: string): Promise<void> {
    if (this.#filling !== null) return
    this.#filling = key
    const answer = await this.#engine.ask({ ask: 'fill-gap', gap: Number(key.slice(4)) })
    this.#filling = null
    if (!answer.ok) this.olderFailure = answer.failure
  }

  shows(isAtEnd: boolean): void {
    this.#isAtEnd = isAtEnd
    const isNews = isAtEnd && !this.hasNewer && this.unread > 0
    this.#onShown(isNews ? (this.#messages.findLast((message) => !message.isPending)?.localId ?? null) : null)
  }

  async retry(localId: LocalId): Promise<Outcome> {
    const result = await this.#engine.execute({ do: 'retry', localId })
    return result.ok ? { ok: true } : result
  }

  async discard(localId: LocalId): Promise<Outcome> {
    const result = await this.#engine.execute({ do: 'discard', localId })
    return result.ok ? { ok: true } : result
  }

  /** The engine told whether there is an archive. */
  archiveChanged(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#engine.state.archive === this.archiveState) return
      await this.#readArchiveState()
      if (this.isLoaded && this.#isArchiveRead && this.#messages.length < screenful) this.hasOlder = false
    })
  }
}
