// Fills a Prosody with the demonstration: accounts, contact lists and a past. What was said stands in demo-talk.mjs.
// The same seed gives the same past; only its end, shortly before now, moves.
import { people, smallTalk, stories } from './demo-talk.mjs'

/** @typedef {import('./control.mjs').Control} Control */
/** @typedef {import('./control.mjs').ArchiveItem} ArchiveItem */
/** @typedef {{ isMine: boolean, body: string, at: number }} Line isMine: said by Alice; at in seconds since 1970 */

/** One password for all accounts of the demonstration; they exist on this machine alone. */
export const demoPassword = 'besedka'
/** Whose side the past is told from. */
export const demoUser = 'alice'
/** Everybody one can sign in as. */
export const demoUsers = [demoUser, ...people.map(({ user }) => user)]
/** Messages between Alice and Boris. */
export const longConversation = 2_000

const day = 86_400

/**
 * @param {Control} server a fresh one
 * @param {{ now?: number, echo?: boolean }} [options] now: seconds since 1970, where the past ends;
 *   echo: the server has the contact that answers
 */
export async function seedDemo(server, { now = Math.floor(Date.now() / 1000), echo = false } = {}) {
  await server.order('register', { users: demoUsers.map((user) => ({ user, password: demoPassword })) })
  const bots = echo ? [{ jid: `echo@${server.domain}`, name: 'Echo', groups: [] }] : []
  const contacts = people.map(({ user, name, groups }) => ({ jid: `${user}@${server.domain}`, name, groups }))
  await server.roster(demoUser, [...contacts, ...bots])
  for (const { user, called } of people)
    await server.roster(user, [{ jid: `${demoUser}@${server.domain}`, name: called }])
  const pick = createDice(20_261_122)
  const ends = [2 * 3600, 5 * 3600, day + 4 * 3600, 3 * day]
  const talks = Object.entries(stories).map(([user, text], at) => ({
    user,
    lines: tell(text, now - (ends[at] ?? 0), pick),
  }))
  talks.push({ user: 'boris', lines: chatter(longConversation, now - 25 * 60, pick) })
  for (const { user, lines } of talks) await server.fill(user, archiveOf(server.domain, user, lines, false))
  // One archive is one order of time, whoever was talked to.
  const own = talks.flatMap(({ user, lines }) => archiveOf(server.domain, user, lines, true))
  await server.fill(
    demoUser,
    own.sort((one, other) => one.at - other.at),
  )
}

/**
 * The messages of one conversation as one of its two archives has them.
 * @param {string} domain
 * @param {string} user the other side
 * @param {Line[]} lines
 * @param {boolean} isAlices
 * @returns {ArchiveItem[]}
 */
function archiveOf(domain, user, lines, isAlices) {
  const [alice, other] = [`${demoUser}@${domain}`, `${user}@${domain}`]
  return lines.map(({ isMine, body, at }, place) => {
    const [from, to] = isMine ? [alice, other] : [other, alice]
    const id = `demo-${user}-${place}`
    return {
      id: `${isAlices ? 'a' : 'b'}-${id}`,
      at,
      with: isAlices ? other : alice,
      xml: messageXml({ from: `${from}/demo`, to, id, body }),
    }
  })
}

/**
 * A chat message as an archive keeps it, with an origin id equal to its id.
 * @param {{ from: string, to: string, id: string, body: string }} message
 */
export function messageXml({ from, to, id, body }) {
  const head = `from="${escape(from)}" to="${escape(to)}" id="${escape(id)}" type="chat"`
  const origin = `<origin-id xmlns="urn:xmpp:sid:0" id="${escape(id)}"/>`
  return `<message xmlns="jabber:client" ${head}><body>${escape(body)}</body>${origin}</message>`
}

/**
 * A story that ends at a time, told over as many days as it has pauses.
 * @param {string} text
 * @param {number} end
 * @param {(count: number) => number} pick
 * @returns {Line[]}
 */
function tell(text, end, pick) {
  const scenes = text.trim().split('\n\n')
  return scenes.flatMap((scene, place) => {
    const start = end - (scenes.length - 1 - place) * (day + pick(3) * 3600)
    return timed(linesOf(scene, pick), start, pick)
  })
}

/**
 * So many messages, a few small conversations each day up to a time, none of them at night.
 * @param {number} count
 * @param {number} end
 * @param {(count: number) => number} pick
 * @returns {Line[]}
 */
function chatter(count, end, pick) {
  /** @type {Line[][]} newest first */
  const scenes = []
  let total = 0
  for (let at = end; total < count; at -= (2 + pick(7)) * 3600) {
    at -= pick(3600)
    if (new Date(at * 1000).getHours() < 7) at -= 8 * 3600
    const fitting = smallTalk.filter((text) => suits(text, new Date(at * 1000).getHours()))
    const scene = timed(linesOf(fitting[pick(fitting.length)] ?? '', pick), at, pick)
    scenes.push(scene)
    total += scene.length
  }
  return scenes.reverse().flat().slice(-count)
}

/** @param {string} scene @param {number} hour */
function suits(scene, hour) {
  const [, from, to] = /^@(\d+)-(\d+)/.exec(scene) ?? []
  return from === undefined || (hour >= Number(from) && hour <= Number(to))
}

/** @param {string} scene @param {(count: number) => number} pick @returns {Omit<Line, 'at'>[]} */
function linesOf(scene, pick) {
  const lines = scene.split('\n').filter((line) => !line.startsWith('@'))
  return lines.map((line) => ({
    isMine: line.startsWith('> '),
    // The texts stand in template literals, where a back-tick and a dollar sign need a backslash.
    body: choose(line.slice(2), pick)
      .replaceAll('\\n', '\n')
      .replace(/\\([`$])/g, '$1'),
  }))
}

/** The last line falls on `end`; before each line passes as long as it takes to write it. @param {Omit<Line, 'at'>[]} lines @param {number} end @param {(count: number) => number} pick @returns {Line[]} */
function timed(lines, end, pick) {
  let at = end
  const told = [...lines].reverse().map((line) => {
    const said = { ...line, at }
    at -= 4 + pick(40) + Math.ceil(line.body.length / 5)
    return said
  })
  return told.reverse()
}

/** @param {string} text @param {(count: number) => number} pick */
function choose(text, pick) {
  // From the inside out, so that a choice may hold choices. Code and links of the stories contain no bar in braces.
  const innermost = /\{([^{}|\n]*(?:\|[^{}]*)+)\}/
  let out = text
  for (let match = innermost.exec(out); match; match = innermost.exec(out)) {
    const parts = (match[1] ?? '').split('|')
    out = out.slice(0, match.index) + (parts[pick(parts.length)] ?? '') + out.slice(match.index + match[0].length)
  }
  return out
}

/** Numbers that look random and are the same in each run (a linear congruential generator). @param {number} seed */
function createDice(seed) {
  let state = seed
  return (/** @type {number} */ count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
