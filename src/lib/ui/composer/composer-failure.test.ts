/** Why a text was not sent is told where nothing else tells it. */
import { expect, it, vi } from 'vitest'
import type { FailureName } from '#model/failure.ts'
import type { ComposerSurface } from '#state/surface.ts'
import { draw } from '../drawn.testing.ts'
import Composer from './Composer.svelte'

vi.stubGlobal('CSS', { supports: () => true })

function drawn(what: FailureName, hasNotice: boolean): string {
  const failure = { what, remedy: 'wait', cause: 'test' } as const
  const composer = { text: 'kept', tooLongBy: 0, isSending: false, failure } as unknown as ComposerSurface
  const props = { composer, name: 'Juliet', onsend: () => undefined }
  return draw(Composer, props, { session: { storageFailure: hasNotice ? failure : null } })
}

it.each<[FailureName, boolean, string]>([
  ['storage-full', true, 'composer.notSaved'],
  ['storage-full', false, 'composer.notSavedFull'],
  ['storage-failed', false, 'composer.notSavedHere'],
  ['message-too-large', false, 'failure.message-too-large'],
])('%s, with a notice over the app: %s', (what, hasNotice, sentence) => {
  expect(drawn(what, hasNotice)).toContain(`<span>${sentence}</span>`)
})
