// The screens of the product that show what others say, and how a text comes to each place on them.
import { expect } from '@playwright/test'
import { localOf, readJid } from '#model/jid.ts'
import { message, type Round, type Scene, type Step } from '../hostile.ts'
import { xmlOf, type Case } from './corpus.ts'
import { attribute, bodyOf, cleaned, groupOf, lines, nameOf, statusOf, valueOf } from './expected.ts'
import type { Place } from './probe.ts'

const wide = { width: 1440, height: 900 }
const narrow = { width: 360, height: 740 }

/** A step for texts that a server can pass on. */
const wired =
  (step: Step): Step =>
  async (scene, one) =>
    one.expect === 'refused' || one.class === 'huge' ? null : step(scene, one)

async function show({ page }: Scene, size: typeof wide, hash: string): Promise<void> {
  if (page.viewportSize()?.width !== size.width) await page.setViewportSize(size)
  // As a link does it: the router takes it up without loading the page anew.
  await page.evaluate((wanted) => {
    if (location.hash === wanted) return
    const link = document.createElement('a')
    link.href = wanted
    document.querySelector('main')?.append(link)
    link.click()
    link.remove()
  }, hash)
}

const type = ({ page }: Scene, selector: string, text: string): Promise<void> =>
  page.locator(selector).evaluate((field: HTMLInputElement, typed) => {
    field.value = typed
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }, text)

const press = ({ page }: Scene, selector: string): Promise<void> =>
  page
    .locator(selector)
    .last()
    .evaluate((button: HTMLElement) => button.click())

/** The newest message on the screen. A conversation that is opened draws its messages after its draft: there always is one. */
async function lastKey({ page }: Scene): Promise<string> {
  const drawn = page.locator('[role=article][data-key]')
  await drawn.last().waitFor()
  return drawn.evaluateAll((rows) => String(Math.max(...rows.map((row) => Number((row as HTMLElement).dataset.key)))))
}

const itemOf = ({ conversation }: Scene) => `[data-conversation="${conversation}"]`

/** A place that is there only where there is something to show in it. */
const unlessEmpty = (place: Place): Place[] => (place.text === '' ? [] : [place])

function push(jid: string, text: string): string {
  const item = `<item jid="${jid}" name="${xmlOf(text)}" subscription="both"><group>${xmlOf(text)}</group></item>`
  return `<iq xmlns="jabber:client" type="set" id="push"><query xmlns="jabber:iq:roster">${item}</query></iq>`
}

function presence(from: string, text: string, type = ''): string {
  return `<presence xmlns="jabber:client" from="${from}"${type && ` type="${type}"`}><status>${xmlOf(text)}</status></presence>`
}

function bodyPlace(name: string, text: string, after: string): Place {
  return { name, selector: '[role=article] .said', text: bodyOf(text), isBody: true, after }
}

/** The conversation on a phone: header, message, names that only screen readers say; what is known of the message; an action. */
export const talk: Round = [
  wired(async (scene, one) => {
    await show(scene, narrow, `#/c/${scene.conversation}`)
    const { prosody, anna, boris } = scene
    const { text } = one
    const after = await lastKey(scene)
    await prosody.inject(anna.jid, push(boris.jid, text))
    await prosody.inject(anna.jid, presence(`${boris.jid}/phone`, text))
    await prosody.inject(
      anna.jid,
      message(`${boris.jid}/${xmlOf(resourceIn(one))}`, xmlOf(text), xmlOf(idIn(one, scene))),
    )
    const name = nameOf(text) || boris.user
    return [
      { name: 'name in header', selector: '.who h2 bdi', text: name },
      ...unlessEmpty({ name: 'status in header', selector: '.who p bdi', text: statusOf(text) }),
      ...(text === '' ? [] : [bodyPlace('message', lines(text), after)]),
      { name: 'name of the pane', selector: 'section.pane', from: 'aria-label', includes: valueOf(name) },
      { name: 'name of the field', selector: '.composer textarea', from: 'aria-label', includes: valueOf(name) },
    ]
  }),
  wired(async (scene, one) => {
    if (one.text === '') return null
    // A message has its button while it is under the pointer.
    await scene.page.locator('[role=article]').last().dispatchEvent('pointerover')
    await press(scene, '[role=article] .more')
    await press(scene, '[role=menuitem]')
    return [
      { name: 'resource in details', selector: 'dialog dd.technical', nth: 0, includes: `/${resourceIn(one)}` },
      { name: 'id in details', selector: 'dialog dd.technical', nth: 1, text: idIn(one, scene) },
    ]
  }),
  async ({ page }, { text }) => {
    // Of nothing there are no details, and the key would leave the conversation.
    if (text !== '') await page.keyboard.press('Escape')
    return null
  },
  wired(async (scene, { id, text }) => {
    const { prosody, anna, boris, turn } = scene
    const after = await lastKey(scene)
    await prosody.inject(anna.jid, message(`${boris.jid}/x`, '/me waves', `action-${id}-${turn}`))
    return [
      bodyPlace('action', 'waves', after),
      { name: 'name before an action', selector: '[role=article] .actor', text: nameOf(text) || boris.user },
    ]
  }),
]

/** What of a text can stand behind the slash of an address, and as the id of a stanza. */
const resourceIn = ({ text }: Case) =>
  text !== '' && !/[\t\n\r]/.test(text) && readJid(`a@localhost/${text}`) !== null ? text : 'x'
const idIn = ({ text }: Case, { turn }: Scene) =>
  (text !== '' && text.length <= 1_000 ? attribute(text) : 'x') + (turn === 0 ? '' : turn)

/** The list on a phone: name, last line and a stranger's request; then a search that finds nothing. */
export const list: Round = [
  wired(async (scene, { text }) => {
    await show(scene, narrow, '#/')
    const { prosody, anna, boris } = scene
    await prosody.inject(anna.jid, push(boris.jid, text))
    await prosody.inject(anna.jid, message(`${boris.jid}/x`, xmlOf(text)))
    await prosody.inject(anna.jid, presence('stranger@localhost', text, 'subscribe'))
    const last: Place = { name: 'last line in list', selector: `${itemOf(scene)} .said`, text: lastLineOf(text) }
    return [
      { name: 'name in list', selector: `${itemOf(scene)} .name`, text: nameOf(text) || boris.user },
      ...(text === '' ? [] : [last]),
      ...unlessEmpty({ name: 'text of a request', selector: 'article.card p[dir=auto]', text: statusOf(text) }),
    ]
  }),
  async (scene, { text }) => {
    const typed = `${text.replace(/[\r\n]/g, '')}\u01c2`
    await type(scene, '[role=search] input', typed)
    return [
      { name: 'search field', selector: '[role=search] input', from: 'value', text: typed },
      { name: 'nothing found', selector: '.scroll .empty p', includes: valueOf(typed) },
    ]
  },
  async (scene) => {
    await type(scene, '[role=search] input', '')
    await scene.prosody.inject(scene.anna.jid, presence('stranger@localhost', '', 'unsubscribe'))
    return null
  },
]

/** As storage/write/conversation.ts keeps it. */
const lastLineOf = (text: string) => [...lines(text).trimStart().slice(0, 400)].slice(0, 200).join('')

/** The details of a contact on a phone, then the question before it is removed. */
export const details: Round = [
  wired(async (scene, { text }) => {
    await show(scene, narrow, `#/c/${scene.conversation}/details`)
    const { prosody, anna, boris } = scene
    await prosody.inject(anna.jid, push(boris.jid, text))
    await prosody.inject(anna.jid, presence(`${boris.jid}/phone`, text))
    return [
      { name: 'name in details', selector: '.who h3 bdi', text: nameOf(text) || boris.user },
      ...unlessEmpty({ name: 'status in details', selector: '.who p.status', text: statusOf(text) }),
      ...unlessEmpty({ name: 'group in details', selector: 'bdi.group', text: groupOf(text) }),
    ]
  }),
  wired(async (scene, { text }) => {
    await press(scene, '.body > .actions button')
    return [{ name: 'title of a question', selector: 'dialog h2', includes: valueOf(nameOf(text)) }]
  }),
  async ({ page }) => {
    await page.keyboard.press('Escape')
    return null
  },
]

/** What a person pastes, on a wide screen: field, draft in the list, own message, and why it came back. */
export const write: Round = [
  async (scene, one) => {
    if (one.class === 'huge') return null
    await show(scene, wide, `#/c/${scene.conversation}`)
    const text = typedOf(one)
    await type(scene, '.composer textarea', text)
    return [{ name: 'field of a message', selector: '.composer textarea', from: 'value', text }]
  },
  async (scene, one) => {
    if (!isSent(one)) return null
    await show(scene, wide, '#/')
    return [{ name: 'draft in list', selector: `${itemOf(scene)} .said`, text: typedOf(one) }]
  },
  async (scene, one) => {
    if (!isSent(one)) return null
    await show(scene, wide, `#/c/${scene.conversation}`)
    return [{ name: 'draft that came back', selector: '.composer textarea', from: 'value', text: typedOf(one) }]
  },
  async (scene, one) => {
    if (!isSent(one)) return null
    const after = await lastKey(scene)
    await scene.page.evaluate(() => document.querySelector<HTMLFormElement>('form.composer')?.requestSubmit())
    return [bodyPlace('own message', cleaned(typedOf(one)).trim(), after)]
  },
  wired(async (scene, one) => {
    if (!isSent(one)) return null
    const { prosody, anna, boris } = scene
    const id = / id="([^"]+)"/.exec(await nextSaid(scene))
    if (!id) return null
    const conditions = 'urn:ietf:params:xml:ns:xmpp-stanzas'
    const why = `<item-not-found xmlns="${conditions}"/><text xmlns="${conditions}">${xmlOf(one.text)}</text>`
    await prosody.inject(
      anna.jid,
      `<message xmlns="jabber:client" from="${boris.jid}" type="error" id="${id[1]}"><error type="cancel">${why}</error></message>`,
    )
    return [
      {
        name: 'why it came back',
        isOurs: true,
        selector: '.own:last-child .note span',
        text: 'There is no such account. Check the address.',
      },
    ]
  }),
  async (scene) => {
    await type(scene, '.composer textarea', '')
    return null
  },
]

/** How many of the messages that went out have come back. */
const answered = new WeakMap<Scene, number>()

/** The next message that went out; it is on the screen before it is on the wire. Empty: none went. */
async function nextSaid(scene: Scene): Promise<string> {
  const said = () => scene.sent.filter((each) => each.startsWith('<message') && each.includes('<body>'))
  const before = answered.get(scene) ?? 0
  // None may go: then nothing is said, and that is looked at.
  await expect
    .poll(() => said().length, { timeout: 5_000, intervals: [10] })
    .toBeGreaterThan(before)
    .catch(() => undefined)
  answered.set(scene, said().length)
  return said().length > before ? (said().at(-1) ?? '') : ''
}

/** As a text field keeps it. */
const typedOf = ({ text }: Case) => text.replace(/\r\n?/g, '\n')

/** There is something to send in it, and not too much. */
function isSent(one: Case): boolean {
  const text = typedOf(one)
  return one.class !== 'huge' && cleaned(text).trim() !== '' && new TextEncoder().encode(xmlOf(text)).length < 55_000
}

/** Strangers whose address is the text, as far as it can be one: a new conversation each, so its scene is a fresh one. */
export const strangers: Round = [
  wired(async (scene, { text }) => {
    const jid = readJid(`${text}@localhost`)
    await scene.prosody.inject(scene.anna.jid, message(`${xmlOf(text)}@localhost/x`, 'hello'))
    const local = jid && localOf(jid)
    if (!local) return null
    await show(scene, narrow, '#/')
    return [{ name: 'address in list', selector: '.scroll li:first-child .name', text: local }]
  }),
  wired(async (scene, { text }) => {
    const jid = readJid(`${text}@localhost`)
    if (!jid || !localOf(jid)) return null
    const id = await scene.page.locator('.scroll li:first-child a').getAttribute('data-conversation')
    await show(scene, narrow, `#/c/${id}/details`)
    return [{ name: 'address in details', selector: 'dd.address bdi', text: jid }]
  }),
]
