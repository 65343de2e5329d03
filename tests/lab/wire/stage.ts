// The engine behind the product's own wire, all of it but the network: transport, reader, negotiation, stream management,
// gate, store. In front of it speaks the server of the flow tests, as frames of RFC 7395; the clock is the test's.
import type { BareJid } from '#model/jid.ts'
import { XmppWire } from '#xmpp/xmpp-wire.ts'
import { answerOf, resultOf, self, type FakeServer } from '../../flows/stage/server.ts'
import { World, type Tab } from '../../flows/stage/world.ts'
import { childOf, childrenOf, parseXml, textOf, type Element } from '../../peer/xml.ts'
import { FakeSocket, type Far } from './socket.ts'

const domain = self.slice(self.indexOf('@') + 1)
/** The address the server binds. */
export const full = `${self}/besedka`
const features = (inside: string): string =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams">${inside}</stream:features>`
const unavailable = '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>'

/** Speaks for a `FakeServer` over one socket after the other. */
export class FrameServer {
  readonly #server: FakeServer
  #far: Far | null = null
  #isSignedIn = false
  /** Frames of the client that are stanzas, of all sockets. */
  readonly stanzas: string[] = []
  sockets = 0
  /** Questions whose names are in here wait for `release`: `roster`, `archive`. */
  readonly holds = new Set<string>()
  #held: (() => void)[] = []
  /** Of the archive question that came last. */
  queryId = ''
  /** Ids of the iqs that are held. */
  readonly heldIds: string[] = []

  constructor(server: FakeServer) {
    this.#server = server
  }

  socket(): WebSocket {
    const socket = new FakeSocket({
      opened: (far) => {
        this.sockets++
        this.#far = far
        this.#isSignedIn = false
        this.#server.fresh()
      },
      heard: (frame) => this.#hear(frame),
      closed: () => {
        this.#far = null
        this.#server.deliver = null
      },
    })
    return socket as unknown as WebSocket
  }

  get isOpen(): boolean {
    return this.#far?.isOpen() === true
  }

  /** One frame as it is; not counted as a stanza. */
  raw(frame: string): void {
    this.#far?.text(frame)
  }

  binary(bytes: Uint8Array): void {
    this.#far?.binary(bytes)
  }

  /** The connection breaks. */
  cut(): void {
    this.#far?.close()
  }

  release(): void {
    this.holds.clear()
    this.heldIds.length = 0
    for (const answer of this.#held.splice(0)) answer()
  }

  #hear(frame: string): void {
    const root = parseXml(frame)
    if (root.name === 'open') return this.#opened()
    if (root.name === 'close') return this.#far?.close()
    if (root.name === 'auth') {
      this.#isSignedIn = true
      return this.raw('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    }
    if (root.xmlns === 'urn:xmpp:sm:3') return this.#manage(root)
    if (root.xmlns === 'urn:xmpp:csi:0') return
    this.stanzas.push(frame)
    this.#server.receive(frame)
    if (root.name === 'iq' && /^(get|set)$/.test(root.attrs.type ?? '')) this.#asked(root)
  }

  #opened(): void {
    this.raw(`<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="${domain}" id="s" version="1.0"/>`)
    const signIn = '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms>'
    const rest = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="urn:xmpp:sm:3"/>'
    this.raw(features(this.#isSignedIn ? rest : signIn))
  }

  #manage(root: Element): void {
    const h = Number(root.attrs.h)
    const say = (xml: string): void => this.raw(xml)
    if (root.name === 'r') say(`<a xmlns="urn:xmpp:sm:3" h="${this.#server.handled}"/>`)
    else if (root.name === 'a') this.#server.ack(h)
    else if (root.name === 'enable') {
      say(`<enabled xmlns="urn:xmpp:sm:3" id="${this.#server.enable()}" resume="true"/>`)
      this.#server.deliver = say
    } else if (root.name === 'resume') {
      const id = root.attrs.previd ?? ''
      const resumed = this.#server.resume(id, h)
      if (!resumed) return say('<failed xmlns="urn:xmpp:sm:3"/>')
      say(`<resumed xmlns="urn:xmpp:sm:3" previd="${id}" h="${resumed.handled}"/>`)
      // As on a network: what comes again is another task.
      const far = this.#far
      setImmediate(() => {
        if (far !== this.#far) return
        for (const xml of resumed.again) say(xml)
        this.#server.deliver = say
      })
    }
  }

  #answer(iq: Element, inside: string, type = 'result'): void {
    const { id = '', to } = iq.attrs
    const from = to === undefined ? '' : ` from="${to}"`
    this.#tell(`<iq xmlns="jabber:client" type="${type}" id="${id}"${from} to="${full}">${inside}</iq>`)
  }

  /** Counted where there is somebody to count. */
  #tell(xml: string): void {
    if (this.#server.deliver) this.#server.send(xml)
    else this.raw(xml)
  }

  #asked(iq: Element): void {
    const payload = childrenOf(iq)[0]
    if (!payload) return this.#answer(iq, unavailable, 'error')
    const { name, xmlns } = payload
    if (name === 'bind') return this.#answer(iq, `<bind xmlns="${xmlns}"><jid>${full}</jid></bind>`)
    if (xmlns === 'jabber:iq:roster')
      return this.#soon('roster', iq, () => {
        const items =
          iq.attrs.type === 'get' ? `<query xmlns="${xmlns}">${this.#server.rosterItems.join('')}</query>` : ''
        this.#answer(iq, items)
      })
    if (name === 'query' && xmlns === 'urn:xmpp:mam:2') {
      this.queryId = payload.attrs.queryid ?? ''
      const { queryId } = this
      return this.#soon('archive', iq, () => this.#page(iq, payload, queryId))
    }
    if (xmlns.endsWith('disco#info')) {
      const all = ['urn:xmpp:mam:2', 'urn:xmpp:sid:0', 'urn:xmpp:carbons:2']
      const vars = all.map((feature) => `<feature var="${feature}"/>`)
      return this.#answer(iq, `<query xmlns="${xmlns}">${vars.join('')}</query>`)
    }
    if (xmlns === 'urn:xmpp:time')
      return this.#answer(iq, `<time xmlns="${xmlns}"><utc>${new Date(this.#server.now).toISOString()}</utc></time>`)
    if (xmlns === 'urn:xmpp:carbons:2' || name === 'ping') return this.#answer(iq, '')
    this.#answer(iq, unavailable, 'error')
  }

  #soon(what: string, iq: Element, answer: () => void): void {
    if (!this.holds.has(what)) return answer()
    this.heldIds.push(iq.attrs.id ?? '')
    this.#held.push(answer)
  }

  #page(iq: Element, query: Element, queryId: string): void {
    const form = childrenOf(childOf(query, 'x'), 'field')
    const field = (name: string): string | null => {
      const found = form.find(({ attrs }) => attrs.var === name)
      return found ? textOf(childOf(found, 'value')) : null
    }
    const set = childOf(query, 'set')
    const part = (name: string): string | null => {
      const found = childOf(set, name)
      return found ? textOf(found) : null
    }
    const time = (name: string): number | null => (field(name) === null ? null : Date.parse(field(name) ?? ''))
    const page = this.#server.page({
      with: field('with') as BareJid | null,
      start: time('start'),
      end: time('end'),
      after: part('after'),
      before: part('before'),
      max: Number(part('max')),
    })
    if (!page) return this.#answer(iq, unavailable.replace('service-unavailable', 'item-not-found'), 'error')
    for (const item of page.items) this.#tell(resultOf(item, queryId))
    this.#tell(answerOf(page, true, iq.attrs.id))
  }
}

/** One device at one server, as far as a stage needs. */
export class WireStage {
  readonly world: World
  readonly frames: FrameServer
  tab!: Tab
  #wire: XmppWire | null = null

  private constructor(world: World) {
    this.world = world
    this.frames = new FrameServer(world.server)
  }

  /** Signed in and caught up. `prepare` fills the server before. */
  static async make(prepare: (server: FakeServer) => void = () => undefined): Promise<WireStage> {
    const world = await World.make()
    const stage = new WireStage(world)
    prepare(world.server)
    const session = () => ({
      endpoint: 'wss://montague.example/ws',
      resource: 'besedka',
      secret: () => ({ password: 'secret' }),
      pinned: null,
      // Proofs are the matter of the lying server.
      allow: ['PLAIN'],
      makeSocket: () => stage.frames.socket(),
      openLimit: 20_000,
      keepalive: { interval: 60_000, answer: 15_000 },
    })
    world.makeWire = (resume, heard) => {
      const wire = new XmppWire(
        {
          account: self,
          clock: world.clock,
          network: {
            isOnline: () => true,
            isVisible: () => true,
            isFrozen: () => false,
            onChange: () => () => undefined,
          },
          backoff: { first: 1_000, most: 60_000 },
          resume,
          session,
        },
        heard,
      )
      stage.#wire = wire
      return wire
    }
    stage.tab = await world.tab()
    await stage.online()
    return stage
  }

  get isOnline(): boolean {
    return this.frames.isOpen && this.tab.engine.state.connection.phase === 'online'
  }

  /** Lets time pass until it is online; how much that was, ms. Fails after `limit`. */
  async online(limit = 60_000): Promise<number> {
    const before = this.world.clock.monotonic()
    await this.world.settle()
    while (!this.isOnline) {
      if (this.world.clock.monotonic() - before >= limit) throw new Error(`not online after ${limit} ms`)
      await this.world.pass(500)
    }
    return this.world.clock.monotonic() - before
  }

  /** The page is gone, and its connection with it. */
  kill(): void {
    this.#wire?.stop('drop')
    this.tab.kill()
  }

  /** Nothing of it runs any more. */
  end(): void {
    this.tab.engine.release()
    this.tab.kill()
  }
}
