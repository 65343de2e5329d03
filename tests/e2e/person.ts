// What a person does on the page and sees there, in the words of the English interface.
import { expect, type Locator, type Page } from '@playwright/test'

interface Who {
  jid: string
  password: string
}

/** Opens the app and types address and password; what comes of it is the test's business. */
export async function tryToSignIn(
  page: Page,
  { jid, password }: Who,
  { url = '', isPublic = false }: { url?: string; isPublic?: boolean } = {},
): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Address', { exact: true }).fill(jid)
  await page.getByLabel('Password', { exact: true }).fill(password)
  if (isPublic) await page.getByRole('checkbox', { name: /public computer/ }).check()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Signs in and waits until the list is there and the connection stands. */
export async function signIn(page: Page, who: Who, options: { url?: string; isPublic?: boolean } = {}): Promise<void> {
  await tryToSignIn(page, who, options)
  await expectOnline(page)
}

export function list(page: Page): Locator {
  return page.getByRole('navigation', { name: 'Conversations' })
}

export async function expectOnline(page: Page, timeout = 15_000): Promise<void> {
  await expect(list(page).getByText('Connected', { exact: true })).toBeAttached({ timeout })
}

/** Starts a conversation with an address, or opens the one there is. */
export async function converse(page: Page, jid: string): Promise<void> {
  await list(page).getByRole('button', { name: 'New conversation' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address', { exact: true }).fill(jid)
  await dialog.getByRole('button', { name: 'Start' }).click()
  await expectActive(composer(page))
}

/** Keys go there, whether or not this window has the desktop's focus: in Firefox only one of several windows has it. */
export async function expectActive(target: Locator): Promise<void> {
  await expect.poll(() => target.evaluate((element) => element === document.activeElement)).toBe(true)
}

/** The conversations in the list, newest first. */
export function lines(page: Page): Locator {
  return list(page).getByRole('listitem').getByRole('link')
}

/** The line of the list with this name; without a name of its own it is what stands before the @. */
export function line(page: Page, name: string | RegExp): Locator {
  return lines(page).filter({ hasText: name })
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Message to/ })
}

/** Types a message and sends it as a person does. */
export async function say(page: Page, body: string): Promise<void> {
  await composer(page).fill(body)
  await composer(page).press('Enter')
  await expect(composer(page)).toHaveValue('')
}

export function timeline(page: Page): Locator {
  return page.getByRole('feed')
}

/** Every message on screen. */
export function bubbles(page: Page): Locator {
  return timeline(page).getByRole('article')
}

export function bubble(page: Page, text: string | RegExp): Locator {
  return bubbles(page).filter({ hasText: text })
}

/** What is said on screen, from top to bottom, without the time. */
export function said(page: Page): Promise<string[]> {
  return bubbles(page)
    .locator('.paragraph')
    .evaluateAll((all) => all.map((each) => each.textContent))
}

export type Status =
  'Waiting to be sent' | 'Sending' | 'May have been sent' | 'The server has it' | 'Delivered' | 'Read'

/** Where the other side is a person who may be looking, a message that is delivered is soon read. */
export const arrived = /^(Delivered|Read)$/

export async function expectStatus(
  page: Page,
  text: string | RegExp,
  status: Status | 'Not sent' | RegExp,
): Promise<void> {
  await expect(bubble(page, text).getByRole('img', { name: status, exact: true })).toBeAttached()
}

/** Signs out by the settings page. */
export async function signOut(page: Page): Promise<void> {
  await list(page).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
}

export async function expectSignedOut(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
}
