/** A window on one conversation of the stage: told of changes only when the test says so. */
import { textOf, type ConversationId } from '#model/message.ts'
import { Conversations } from '#state/conversations.svelte.ts'
import { Roster } from '#state/roster.svelte.ts'
import { Timeline } from '#state/timeline.svelte.ts'
import { juliet, self } from './server.ts'
import { World, type Tab } from './world.ts'

export class WindowStage {
  readonly world: World
  readonly tab: Tab
  readonly id: ConversationId
  readonly timeline: Timeline
  #told = 0

  private constructor(world: World, tab: Tab, id: ConversationId, timeline: Timeline) {
    this.world = world
    this.tab = tab
    this.id = id
    this.timeline = timeline
    this.#told = tab.changes.length
  }

  /** `count` messages, all read but for the last `unread`, behind `archived` of the server; the window is not loaded. */
  static async make(count: number, unread = 0, archived = 0): Promise<WindowStage> {
    const world = await World.make()
    for (let at = 1; at <= archived; at++) world.server.keep({ body: `kept ${at}` })
    const tab = await world.tab()
    for (let at = 1; at <= count; at++) world.server.say({ body: `said ${at}` })
    await world.settle()
    const id = await world.conversation()
    const seen = (await world.messages()).at(-1 - unread)
    await tab.engine.execute({ do: 'read', conversation: id, localId: seen?.localId ?? 0 })
    const conversations = new Conversations(world.account, tab.engine, new Roster(world.account, tab.engine), self)
    await conversations.load()
    const timeline = new Timeline(id, juliet, self, world.account, tab.engine, conversations, () => undefined)
    return new WindowStage(world, tab, id, timeline)
  }

  static async loaded(count: number, unread = 0): Promise<WindowStage> {
    const stage = await WindowStage.make(count, unread)
    await stage.timeline.load()
    return stage
  }

  /** Something is said and stored; the window is told of it as of all that was not told yet. */
  async say(...bodies: string[]): Promise<void> {
    for (const body of bodies) this.world.server.say({ body })
    await this.world.settle()
    this.tell()
    await this.world.settle()
  }

  tell(): void {
    this.timeline.apply(this.tab.changes.slice(this.#told))
    this.#told = this.tab.changes.length
  }

  get shown(): (string | null)[] {
    return this.timeline.rows.flatMap((row) => (row.kind === 'message' ? [textOf(row.message)] : []))
  }
}

/** Bodies as `make` numbers them, both ends included. */
export const said = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `said ${from + at}`)
