// Orders to a running server of ours: accounts, contact lists, ready-made history, cut connections.
// They are carried out by modules/mod_besedka_control.lua, or ../ejabberd/modules/besedka_control.erl in the same words.
import { domain } from './config.mjs'

/**
 * @typedef {object} RosterItem
 * @property {string} jid
 * @property {string} [name]
 * @property {string[]} [groups]
 * @property {'none' | 'to' | 'from' | 'both'} [subscription] default both
 */

/**
 * @typedef {object} ArchiveItem
 * @property {string} id the archive's id, unique in this archive
 * @property {number} at whole seconds since 1970
 * @property {string} with bare address of the other side
 * @property {string} xml the message, complete
 */

const fillBatch = 5_000

/** What another process needs to give orders: plain data. @typedef {{ httpPort: number, token: string }} Access */

/** The hand inside one server. */
export class Control {
  /** @param {Access} access */
  constructor({ httpPort, token }) {
    this.httpPort = httpPort
    this.token = token
    this.domain = domain
    this.wsUrl = `ws://localhost:${httpPort}/xmpp-websocket`
  }

  /** @returns {Access} */
  get access() {
    return { httpPort: this.httpPort, token: this.token }
  }

  /** @param {string} user @param {string} password */
  async register(user, password) {
    await this.order('register', { users: [{ user, password }] })
    return { user, password, jid: `${user}@${domain}` }
  }

  /** @param {string} user */
  async unregister(user) {
    await this.order('unregister', { user })
  }

  /** Puts contacts into one account's list; the other side is not touched. @param {string} user @param {RosterItem[]} items */
  async roster(user, items) {
    await this.order('roster', { user, items })
  }

  /** Makes two accounts each other's contacts. @param {string} one @param {string} other */
  async befriend(one, other) {
    await this.roster(one, [{ jid: `${other}@${domain}` }])
    await this.roster(other, [{ jid: `${one}@${domain}` }])
  }

  /**
   * Puts finished messages into an archive, in this order, behind what is there.
   * @param {string} user or the room's node, with host `conference.localhost` and store `muc_log`
   * @param {ArchiveItem[]} items
   * @param {{ host?: string, store?: string }} [place]
   */
  async fill(user, items, place = {}) {
    for (let at = 0; at < items.length; at += fillBatch) {
      await this.order('fill', { user, items: items.slice(at, at + fillBatch), ...place })
    }
  }

  /**
   * What an archive holds, in its order, read past the protocol.
   * @param {string} user
   * @param {{ with?: string, host?: string, store?: string }} [filter]
   * @returns {Promise<ArchiveItem[]>}
   */
  async archive(user, filter = {}) {
    const found = await this.order('archive', { user, ...filter })
    return Array.isArray(found) ? found : []
  }

  /** Whether the account wants an archive at all. @param {string} user @param {boolean} always */
  async archiving(user, always) {
    await this.order('archiving', { user, always })
  }

  /**
   * The sessions of an account, or of all.
   * @param {string} [user]
   * @returns {Promise<{ jid: string, hibernating: boolean }[]>}
   */
  async sessions(user) {
    const found = await this.order('sessions', { user })
    return Array.isArray(found) ? found : []
  }

  /**
   * Ends connections from the server's side.
   * @param {'drop' | 'close' | 'forget'} how drop: the socket dies; close: a stream error; forget: not resumable any more
   * @param {{ user?: string, condition?: string, text?: string }} [which]
   * @returns {Promise<number>} how many
   */
  async cut(how, which = {}) {
    return (await this.order('cut', { how, ...which })).count
  }

  /** Sends stanzas to an account's sessions as if they had come from anyone. @param {string} to @param {string | string[]} xml */
  async inject(to, xml) {
    await this.order('inject', { to, xml })
  }

  /** @param {string} name of an operation of the control module @param {object} query @returns {Promise<any>} */
  async order(name, query) {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/besedka-control/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', host: 'localhost' },
      body: JSON.stringify(query),
    })
    const text = await response.text()
    const answer = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { error: text }
    if (!response.ok) throw new Error(`the server refused '${name}': ${answer.error ?? response.status}`)
    return answer
  }
}
