// Who reads, and who may know of it.
import { expect, test, type Page } from '../fixtures.ts'
import { bubble, converse, expectStatus, line, list, say, signIn } from '../person.ts'
import { messages } from '../store.ts'

const displayed = (id: string) => `<displayed xmlns="urn:xmpp:chat-markers:0" id="${id}"/>`
const markable = '<markable xmlns="urn:xmpp:chat-markers:0"/>'
const isMark = (id: string) => (heard: { xml: string }) =>
  heard.xml.includes('urn:xmpp:chat-markers:0') && heard.xml.includes(`<displayed`) && heard.xml.includes(id)

async function switchOff(page: Page, name: string): Promise<void> {
  await list(page).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('switch', { name }).click()
  await expect(page.getByRole('switch', { name })).not.toBeChecked()
}

test('one browser sees what is read in the other, as long as that one tells', async ({
  page,
  device,
  account,
  prosody,
}) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const other = await device()
  await signIn(page, anna)
  await signIn(other, boris)
  await converse(page, boris.jid)
  await say(page, 'Have you seen this?')
  await expectStatus(page, 'Have you seen this?', 'Delivered')
  await line(other, anna.user).click()
  await expect(bubble(other, 'Have you seen this?')).toBeVisible()
  await expectStatus(page, 'Have you seen this?', 'Read')
  await expect(line(page, boris.user).getByRole('img', { name: 'Read' })).toBeAttached()
  await switchOff(other, 'Tell contacts what you have read')
  await line(other, anna.user).click()
  await say(page, 'And this?')
  await expect(bubble(other, 'And this?')).toBeVisible()
  await expect(line(other, anna.user)).not.toContainText('unread')
  await expectStatus(page, 'And this?', 'Delivered')
})

test(
  'marks of other programs are understood, and given where they ask',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody }) => {
    const [anna, boris, stranger] = [await account(), await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const [bot, unknown] = [await peer(boris), await peer(stranger)]
    await signIn(page, anna)
    await converse(page, boris.jid)
    for (const body of ['first', 'second', 'third']) await say(page, body)
    const [, second, third] = await Promise.all(
      ['first', 'second', 'third'].map((body) => bot.waitForMessage((heard) => heard.body === body)),
    )
    expect(second?.xml).toContain('urn:xmpp:chat-markers:0')
    await bot.sendRaw(
      `<message xmlns="jabber:client" to="${anna.jid}" type="chat" id="d1">${displayed(second?.id ?? '')}</message>`,
    )
    const statuses = async () => (await messages(page)).map(({ status }) => status)
    await expect.poll(statuses).toEqual(['delivered', 'displayed', 'delivered'])
    await expectStatus(page, 'third', 'Delivered')
    // One who is no contact asks in vain; what was asked later is answered, so that would have been.
    const strange = await unknown.send(anna.jid, 'are you there', { extra: markable })
    await line(page, stranger.user).click()
    await expect(bubble(page, 'are you there')).toBeVisible()
    await line(page, boris.user).click()
    const asked = await bot.send(anna.jid, 'did you read', { extra: markable })
    await bot.waitForMessage(isMark(asked.id))
    expect(unknown.heard.filter(isMark(strange.id))).toEqual([])
    await bot.sendRaw(
      `<message xmlns="jabber:client" to="${anna.jid}" type="chat" id="d2">${displayed(third?.id ?? '')}</message>`,
    )
    await expectStatus(page, 'third', 'Read')
    await page.reload()
    await expectStatus(page, 'third', 'Read')
  },
)
