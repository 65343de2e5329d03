// Two people talk: what is said arrives, once, in order, and both know what became of it.
import { expect, test } from '../fixtures.ts'
import {
  arrived,
  bubble,
  bubbles,
  composer,
  converse,
  expectOnline,
  expectStatus,
  line,
  lines,
  list,
  said,
  say,
  signIn,
} from '../person.ts'
import { messages, rowsOf } from '../store.ts'

interface ConversationRow {
  sealed: { body: { draft: string } }
}

const draftsOf = (rows: ConversationRow[]) => rows.map(({ sealed }) => sealed.body.draft)

test(
  'two browsers talk and see that it was delivered',
  { tag: '@firefox' },
  async ({ page, device, account, prosody, server }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const other = await device()
    await signIn(page, anna, server)
    await signIn(other, boris, server)
    await converse(page, boris.jid)
    await say(page, 'Good morning, Boris')
    await line(other, anna.user).click()
    await expect(bubble(other, 'Good morning, Boris')).toBeVisible()
    await expectStatus(page, 'Good morning, Boris', arrived)
    await say(other, 'Good morning, Anna')
    await expect(bubble(page, 'Good morning, Anna')).toBeVisible()
    await expectStatus(other, 'Good morning, Anna', arrived)
    for (const one of [page, other]) expect(await said(one)).toEqual(['Good morning, Boris', 'Good morning, Anna'])
  },
)

test('a bot hears what is typed, with ids and a request for a receipt', async ({ page, account, peer, prosody }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna)
  await converse(page, boris.jid)
  await say(page, 'Is <b>anyone</b> & "all" there? 🌹')
  const heard = await bot.waitForMessage(({ body }) => body !== undefined)
  expect(heard.body).toBe('Is <b>anyone</b> & "all" there? 🌹')
  expect(heard.originId).not.toBe('')
  expect(heard.xml).toContain('urn:xmpp:receipts')
  await expectStatus(page, 'anyone', 'Delivered')
  await expect.poll(async () => (await messages(page))[0]?.archiveId).toBeTruthy()
})

test('a receipt is given to contacts and to nobody else', async ({ page, account, peer, prosody }) => {
  const [anna, boris, stranger] = [await account(), await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const [bot, unknown] = [await peer(boris), await peer(stranger)]
  await signIn(page, anna)
  await unknown.send(anna.jid, 'who are you', { receipt: true })
  await expect(line(page, stranger.user)).toBeVisible()
  const { id } = await bot.send(anna.jid, 'did you get this', { receipt: true })
  await bot.waitForMessage(({ xml }) => xml.includes('urn:xmpp:receipts') && xml.includes(id))
  // What came later was answered, so the earlier one would have been.
  expect(unknown.heard.filter(({ xml }) => xml.includes('<received'))).toEqual([])
})

test(
  'unread messages are counted until they are seen',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody }) => {
    const [anna, boris, vera] = [await account(), await account(), await account()]
    for (const { user } of [boris, vera]) await prosody.befriend(anna.user, user)
    const [bot, second] = [await peer(boris), await peer(vera)]
    await signIn(page, anna)
    for (const body of ['one', 'two', 'three']) await bot.send(anna.jid, body)
    await expect(line(page, boris.user)).toContainText('3 unread messages')
    await expect(page).toHaveTitle('(3) Besedka')
    await second.send(anna.jid, 'and me')
    await expect(page).toHaveTitle('(4) Besedka')
    // The newest conversation stands first.
    await expect(lines(page).first()).toContainText(vera.user)
    await line(page, boris.user).click()
    await expect(line(page, boris.user)).not.toContainText('unread')
    await expect(page).toHaveTitle('(1) Besedka')
    await page.reload()
    await expectOnline(page)
    await expect(page).toHaveTitle('(1) Besedka')
    await bot.send(anna.jid, 'four')
    await expect(bubble(page, 'four')).toBeVisible()
    await expect(lines(page).first()).toContainText(boris.user)
    await expect(line(page, boris.user)).not.toContainText('unread')
  },
)

test('a draft survives a reload and stays with its conversation', { tag: '@firefox' }, async ({ page, account }) => {
  const [anna, boris, vera] = [await account(), await account(), await account()]
  await signIn(page, anna)
  await converse(page, vera.jid)
  await converse(page, boris.jid)
  await composer(page).fill('not finished yet')
  await expect.poll(() => rowsOf<ConversationRow>(page, 'conversation').then(draftsOf)).toContain('not finished yet')
  await page.reload()
  await expect(composer(page)).toHaveValue('not finished yet')
  await line(page, vera.user).click()
  await expect(composer(page)).toHaveValue('')
  await expect(line(page, boris.user)).toContainText('Draft: not finished yet')
  await line(page, boris.user).click()
  await expect(composer(page)).toHaveValue('not finished yet')
})

test('a draft survives a reload in the middle of a word', async ({ page, account }) => {
  const [anna, boris] = [await account(), await account()]
  await signIn(page, anna)
  await converse(page, boris.jid)
  await composer(page).pressSequentially('in the middle of a wor')
  await page.reload()
  await expect(composer(page)).toHaveValue('in the middle of a wor')
})

test('a message that comes back says why and can be tried again', async ({ page, account }) => {
  await signIn(page, await account())
  await converse(page, 'someone@no-such-server.example')
  await say(page, 'is anybody there')
  await expectStatus(page, 'is anybody there', 'Not sent')
  await expect(bubble(page, 'is anybody there')).toContainText('do not talk to each other')
  await page.reload()
  await expectStatus(page, 'is anybody there', 'Not sent')
  await expectOnline(page)
  await bubble(page, 'is anybody there').getByRole('button', { name: 'Try again' }).click()
  await expect(bubbles(page)).toHaveCount(1)
  await expectStatus(page, 'is anybody there', 'Not sent')
})

test('a message to an account that does not exist comes back', async ({ page, account }) => {
  await signIn(page, await account())
  await converse(page, 'nobody-of-this-name@localhost')
  await say(page, 'hello nobody')
  await expectStatus(page, 'hello nobody', 'Not sent')
  await expect(bubble(page, 'hello nobody').getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('a conversation with oneself is refused', async ({ page, account }) => {
  const anna = await account()
  await signIn(page, anna)
  await list(page).getByRole('button', { name: 'New conversation' }).first().click()
  const field = page.getByRole('dialog').getByLabel('Address', { exact: true })
  await field.fill(anna.jid)
  await field.press('Enter')
  await expect(field).toHaveAccessibleDescription(/This is your own address/)
})

test('what is too long for one message goes in parts', async ({ page, account, peer, prosody }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna)
  await converse(page, boris.jid)
  const long = Array.from({ length: 30_000 }, (_, at) => `word${at}`).join(' ')
  await composer(page).fill(long)
  await expect(page.getByText(/^Too long by/)).toBeVisible()
  await composer(page).press('Enter')
  await page.getByRole('button', { name: 'Send in parts' }).click()
  await expect(composer(page)).toHaveValue('', { timeout: 15_000 })
  const parts = () => bot.heard.flatMap(({ body }) => body ?? [])
  await expect.poll(() => parts().join(' ').length, { timeout: 20_000 }).toBe(long.length)
  expect(parts().join(' ')).toBe(long)
  // Chromium cuts larger ones into fragments, which Prosody does not take.
  for (const { xml } of bot.heard) expect(Buffer.byteLength(xml)).toBeLessThan(66_000)
})

test('control characters are taken out before sending', async ({ page, account, peer, prosody }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna)
  await converse(page, boris.jid)
  await say(page, 'bell\u0007 null\u0000 esc\u001b[31m half\ud800 end')
  const heard = await bot.waitForMessage(({ body }) => body !== undefined)
  expect(heard.body).toBe('bell null esc[31m half\ufffd end')
  await say(page, 'the stream lives')
  await bot.waitForMessage(({ body }) => body === 'the stream lives')
})

test(
  'actions, styling and links are drawn; nothing else is a link',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.roster(anna.user, [{ jid: boris.jid, name: 'Boris' }])
    const bot = await peer(boris)
    await signIn(page, anna)
    await bot.send(anna.jid, '/me waves')
    await bot.send(anna.jid, 'this is *bold*, _leaning_, ~gone~ and `code`')
    await bot.send(anna.jid, '> quoted\n```\nvar x = 1\n```')
    await bot.send(anna.jid, 'see https://example.org/a?b=c#d and xmpp:someone@example.org')
    await bot.send(anna.jid, 'javascript:alert(1) data:text/html,x vbscript:x JaVaScRiPt:alert(1) file:///etc/passwd')
    await line(page, 'Boris').click()
    await expect(bubbles(page)).toHaveCount(5)
    await expect(bubbles(page).nth(0)).toContainText('Boris waves')
    await expect(bubbles(page).nth(1).locator('strong')).toContainText('bold')
    await expect(bubbles(page).nth(1).locator('em')).toContainText('leaning')
    await expect(bubbles(page).nth(1).locator('s')).toContainText('gone')
    await expect(bubbles(page).nth(1).locator('code')).toContainText('code')
    await expect(bubbles(page).nth(2).locator('blockquote')).toContainText('quoted')
    await expect(bubbles(page).nth(2).locator('pre')).toHaveText('var x = 1')
    const links = bubbles(page).locator('a')
    await expect(links).toHaveCount(2)
    await expect(links.first()).toHaveAttribute('href', 'https://example.org/a?b=c#d')
    await expect(links.first()).toHaveAttribute('rel', /noopener/)
    await expect(bubbles(page).nth(4).locator('a')).toHaveCount(0)
  },
)
