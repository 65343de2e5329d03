/** What could not be stored is told on every page where it can happen, and in a sentence that is true of it. */
import { expect, it } from 'vitest'
import type { Failure } from '#model/failure.ts'
import { draw } from '../drawn.testing.ts'
import SignIn from './SignIn.svelte'
import StorageBanner from './StorageBanner.svelte'

const failure: Failure = { what: 'storage-failed', remedy: 'wait', cause: 'test' }

it('says of a setting that it holds in this tab, and nothing of messages', () => {
  const drawn = draw(StorageBanner, {}, { setting: { failure } })
  expect(drawn).toContain('storage.settingTrouble')
  expect(drawn).not.toContain('failure.storage-failed')
})

it('says of messages why they cannot be saved', () => {
  const drawn = draw(StorageBanner, {}, { session: { storageFailure: failure }, setting: { failure } })
  expect(drawn).toContain('storage.saveTrouble')
  expect(drawn).toContain('failure.storage-failed')
})

it('is on the sign-in page, where a language can be chosen', () => {
  expect(draw(SignIn, {}, { setting: { failure } })).toContain('storage.settingTrouble')
  expect(draw(SignIn, {}, {})).not.toContain('storage.settingTrouble')
})
