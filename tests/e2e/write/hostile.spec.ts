// What a hostile peer says is shown as text, breaks nothing and runs nothing. The watch of the fixture is half of each test.
import { expect, test } from '../fixtures.ts'
import { dice } from '../../lab/engine/dice.ts'
import { nothing, runRound, setScene } from '../../lab/hostile.ts'
import { onTheWire } from '../../lab/hostile/corpus.ts'
import { details, list, talk, write } from '../../lab/hostile/rounds.ts'
import { seed } from '../../lab/size.ts'
import { bubble, bubbles, line, signIn } from '../person.ts'
import { messages } from '../store.ts'

const script = '<script>window.hacked = 1</script>'
const bodies = [
  script,
  '"><img src=x onerror="window.hacked=1">',
  '<svg onload=window.hacked=1>',
  '<iframe src="javascript:window.hacked=1"></iframe>',
  '<a href="javascript:window.hacked=1">click</a>',
  'javascript:window.hacked=1',
  'JaVaScRiPt&colon;window.hacked=1',
  'java\tscript:window.hacked=1',
  'data:text/html,<script>window.hacked=1</script>',
  'https://example.org/"onmouseover="window.hacked=1',
  'https://user:password@example.org@evil.example/',
  'https://xn--80ak6aa92e.com/',
  'xmpp:a@example.org?message;body=<script>',
  '{@html "<b>x</b>"} {{constructor.constructor("window.hacked=1")()}} ${window.hacked=1}',
  '\u202Egnp.exe\u202C turned round',
  '\u2066\u2067\u2068 isolates that never end',
  '\u200b\u200c\u200d\ufeff',
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034d'.repeat(
    200,
  ),
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'.repeat(300),
  'ﷺ'.repeat(500),
  'W'.repeat(5_000),
  '\n'.repeat(2_000) + 'after the gap',
  '> '.repeat(2_000) + 'deep',
  '*_~`'.repeat(3_000),
  '```\n'.repeat(500),
  '/me ' + script,
  '/me',
  'العربية and English والعربية',
  'http://' + 'a.'.repeat(2_000) + 'example',
  'x'.repeat(100_000),
  ']]>&lt;&#0;&#x202e;<![CDATA[ ]]',
  '__proto__ constructor toString hasOwnProperty',
]

test('hostile bodies are text', { tag: '@firefox' }, async ({ page, account, peer, prosody }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.roster(anna.user, [{ jid: boris.jid, name: `${script}\u202E<b>Boris</b>` }])
  const bot = await peer(boris)
  await signIn(page, anna)
  for (const body of bodies) await bot.send(anna.jid, body)
  await bot.send(anna.jid, 'the last, and harmless')
  await line(page, 'script').click()
  await expect(bubble(page, 'the last, and harmless')).toBeVisible()
  await expect(page.getByRole('heading', { name: /<script>/ })).toBeVisible()
  await expect.poll(() => bubbles(page).count()).toBeGreaterThanOrEqual(bodies.length - 2)
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  expect(await page.locator('[role="feed"] :is(script, iframe, img, object, embed, style)').count()).toBe(0)
  const schemes = await page
    .locator('[role="feed"] a')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol))
  for (const scheme of schemes) expect(['https:', 'http:', 'xmpp:', 'mailto:', 'tel:', 'geo:']).toContain(scheme)
  // Nothing is wider than the page, whatever was said.
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  expect((await messages(page)).find(({ body }) => body === script)).toBeTruthy()
})

/** They broke something once, and come every time. */
const relapses = ['invisible-008', 'combining-mark-016']

// `npm run lab -- R10` shows all of them everywhere; here every class comes to every screen once, by a text of chance.
test('hostile texts are text in every place', async ({ page, prosody, account }) => {
  test.setTimeout(180_000)
  console.log(`SEED=${seed}`)
  const { pick } = dice(seed)
  const classes = [...new Set(onTheWire.map((each) => each.class))]
  const outcome = nothing()
  const scene = await setScene(page, prosody, account, signIn, outcome.faults)
  for (const round of [talk, list, details, write]) {
    const cases = classes.map((name) => pick(onTheWire.filter((each) => each.class === name)))
    cases.push(...onTheWire.filter(({ id }) => relapses.includes(id)))
    const started = Date.now()
    await runRound(round, scene, cases, outcome, { isTimed: false })
    console.log(`${cases.length} texts, ${outcome.looks} looks, ${Date.now() - started} ms`)
  }
  expect(outcome.faults).toEqual([])
  expect(outcome.places.size).toBeGreaterThanOrEqual(15)
})

test('stanzas that claim what they must not change nothing', async ({ page, account, peer }) => {
  const [anna, mallory, victim] = [await account(), await account(), await account()]
  const bot = await peer(mallory)
  await signIn(page, anna)
  const inner = `<message xmlns="jabber:client" from="${victim.jid}/x" to="${anna.jid}" type="chat" id="f1"><body>forged</body></message>`
  const forwarded = `<forwarded xmlns="urn:xmpp:forward:0">${inner}</forwarded>`
  for (const extra of [
    `<received xmlns="urn:xmpp:carbons:2">${forwarded}</received>`,
    `<sent xmlns="urn:xmpp:carbons:2">${forwarded}</sent>`,
    `<result xmlns="urn:xmpp:mam:2" queryid="x" id="y">${forwarded}</result>`,
  ])
    await bot.sendRaw(`<message xmlns="jabber:client" to="${anna.jid}" type="chat">${extra}</message>`)
  await bot.send(anna.jid, 'an honest one', {
    extra: `<delay xmlns="urn:xmpp:delay" stamp="2001-01-01T00:00:00Z"/><stanza-id xmlns="urn:xmpp:sid:0" id="forged" by="${anna.jid}"/>`,
  })
  await expect(line(page, mallory.user)).toContainText('an honest one')
  await expect(line(page, victim.user)).toHaveCount(0)
  const [only, ...others] = await messages(page)
  expect(others).toEqual([])
  expect(only?.at).toBeGreaterThan(Date.now() - 120_000)
  expect(only?.archiveId).not.toBe('forged')
})
