/**
 * Any order of what reaches a device: live copies, carbons, echoes, receipts, pages, cuts and reloads, by several senders, with the
 * same words and the same ids. In the end stands what somebody sees who was away the whole time.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { countUnread } from '#storage/read/message.ts'
import type { BareJid } from '#model/jid.ts'
import { statusShown, textOf } from '#model/message.ts'
import { carbon, juliet, nurse, self, stampText, stanzaId, withChild } from './server.ts'
import { World } from './world.ts'

/** A day off would be further than ids are believed. */
const half = 43_200_000
/** The last one is nobody we know, and uses the ids of the others. */
const mallory = 'mallory@evil.example' as BareJid
const peers = [juliet, nurse, mallory] as const

const step = fc.record({
  who: fc.constantFrom('them', 'phone', 'here'),
  peer: fc.constantFrom(0, 1, 2),
  ids: fc.constantFrom('both', 'id', 'none'),
  /** The copy that comes at once, if we are there: with or without the archive's id, or never (XEP-0280 private). */
  live: fc.constantFrom('named', 'bare', 'never'),
  /** After how many further steps a second copy comes. */
  again: fc.option(fc.nat(4), { nil: null }),
  isCut: fc.boolean(),
  /** The tab is killed and another one opened: the disk is all there is. */
  isReload: fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
  /** The addressee of what was said here last marks it, perhaps before anybody else has told of it. */
  mark: fc.constantFrom(null, 'received' as const, 'displayed' as const),
  acks: fc.boolean(),
  pause: fc.constantFrom(0, 300, 1_000, 5_000),
  isAlike: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function play(world: World, steps: readonly Step[]): Promise<void> {
  const { server } = world
  let tab = await world.tab()
  let said: { id: string; to: BareJid } | null = null
  const later: { at: number; xml: string }[] = []
  for (const [index, each] of steps.entries()) {
    if (each.isReload) {
      tab.kill()
      tab = await world.tab()
    }
    if (each.isCut && tab.wire().isOpen) {
      tab.wire().cut()
      if (each.acks) server.forgetStreams()
    }
    await world.pass(each.pause)
    const peer = peers[each.peer]
    const body = each.isAlike ? 'alike' : `text ${index}`
    server.answersAcks = each.acks
    if (each.who === 'here') {
      await world.send(tab, body, `here${index}`, peer)
      said = { id: `here${index}`, to: peer }
    } else {
      // A stranger takes the ids of what was said before him.
      const mine = each.who === 'phone'
      const id = peer === mallory && !mine ? Math.max(0, index - 1) : index
      const ids = each.ids === 'none' ? { id: null } : { id: `id${id}` }
      const origin = each.ids === 'both' ? { originId: `origin${id}` } : {}
      const ways = mine ? { from: `${self}/phone`, to: peer } : { from: `${peer}/x` }
      const entry = server.keep({ ...ways, ...ids, ...origin, body })
      const named = withChild(entry.xml, stanzaId(entry.id))
      const wrap = (xml: string): string => (mine ? carbon('sent', xml) : xml)
      if (tab.wire().isOpen && each.live !== 'never') server.send(wrap(each.live === 'named' ? named : entry.xml))
      const delay = element('delay', { xmlns: ns.delay, from: self, stamp: stampText(entry.at) })
      if (each.again !== null && each.ids !== 'none' && each.live !== 'never')
        later.push({ at: index + each.again, xml: wrap(each.live === 'bare' ? withChild(entry.xml, delay) : named) })
    }
    const asked = said
    // Nobody confirms what has not reached the server.
    if (each.mark !== null && asked !== null && server.heard.some((xml) => xml.includes(`id="${asked.id}"`))) {
      const more = element(each.mark, { xmlns: each.mark === 'received' ? ns.receipts : ns.chatMarkers, id: asked.id })
      server.say({ from: `${asked.to}/x`, id: `mark${index}`, more })
      said = null
    }
    await world.settle()
    for (const copy of later.filter(({ at }) => at === index)) if (tab.wire().isOpen) server.send(copy.xml)
    await world.settle()
    if (!tab.wire().isOpen && each.again !== null) tab.wire().connect()
    await world.settle()
  }
  server.answersAcks = true
  for (let i = 0; i < 2; i++) {
    tab.wire().cut()
    server.forgetStreams()
    tab.wire().connect()
    await world.pass(6_000)
  }
}

async function end(world: World): Promise<unknown> {
  return Promise.all(
    peers.map(async (peer) => {
      const stored = await world.messages(peer)
      const conversation = stored.length > 0 ? await world.stored(peer) : null
      const messages = stored.map(({ archiveId, isOwn, delivery, ...rest }) => ({
        archiveId,
        isOwn,
        body: textOf(rest),
        status: statusShown(delivery?.status ?? null, rest, conversation?.theirRead ?? null),
      }))
      const unread = conversation?.unread ?? 0
      if (conversation) expect(await countUnread(world.account, conversation.id, conversation.read)).toBe(unread)
      return { messages, unread, last: conversation?.last?.text ?? null }
    }),
  )
}

/** What somebody sees who was away the whole time. */
async function plain(played: World): Promise<unknown> {
  const world = await World.make()
  const tab = await world.tab()
  tab.wire().cut()
  world.server.forgetStreams()
  world.server.archive = played.server.archive
  tab.wire().connect()
  await world.settle()
  return end(world)
}

/** Chance in `runs` lives of a device, by fast-check, which finds the shortest life that goes wrong. */
export function assertConfluent(runs: number, seed: number): Promise<void> {
  const life = fc.array(step, { minLength: 1, maxLength: 9 })
  return fc.assert(
    fc.asyncProperty(life, fc.constantFrom(0, -half, half), async (steps, off) => {
      const world = await World.make()
      // The device's clock is wrong, and the server does not tell the time.
      world.clock.jump(off)
      world.server.clockOffset = null
      // Without any id only words and time tell copies apart.
      const named = steps.map((each) => ({ ...each, ids: each.ids === 'none' ? ('id' as const) : each.ids }))
      await play(world, off === 0 ? steps : named)
      expect(await world.outbox()).toEqual([])
      expect(await end(world)).toEqual(await plain(world))
    }),
    { numRuns: runs, seed },
  )
}
