import { describe, expect, it } from 'vitest'
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { discover } from './ability.ts'
import { element, escapeText, type Markup, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'
import { parseFrame } from './parse.ts'

const account = 'romeo@montague.example' as BareJid
const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined }

const silence = new Failed('stanza-timeout', 'wait', 'no answer')
const later = new Failed('stanza-refused', 'wait', 'resource-constraint')
const none = new Failed('recipient-unreachable', 'ask', 'service-unavailable')

function iq(inside: Markup): XMLElement {
  const frame = parseFrame(element('iq', { xmlns: ns.client, type: 'result' }, [inside]))
  if (frame.kind !== 'element') throw new Error(frame.why)
  return frame.element
}

const features = (...names: string[]): XMLElement =>
  iq(
    element(
      'query',
      { xmlns: ns.discoInfo },
      names.map((name) => element('feature', { var: name })),
    ),
  )

interface Answers {
  readonly account?: XMLElement | Failed
  readonly server?: XMLElement | Failed
  readonly carbons?: XMLElement | Failed
  readonly preferences?: XMLElement | Failed
  readonly time?: XMLElement | Failed
}

/** What is not told is answered as the best server does. */
function ask(answers: Answers) {
  const what = (to: string | null, payload: string): XMLElement | Failed => {
    if (payload.includes(ns.discoInfo) && to === account) return answers.account ?? features(ns.mam, ns.stanzaId)
    if (payload.includes(ns.discoInfo)) return answers.server ?? features(ns.carbons)
    if (payload.includes(ns.carbons)) return answers.carbons ?? iq(element('ok', {}))
    if (payload.includes(ns.time)) return answers.time ?? none
    return answers.preferences ?? iq(element('prefs', { xmlns: ns.mam, default: 'always' }))
  }
  const session = {
    ask: (_type: string, to: string | null, payload: Markup): Promise<XMLElement> => {
      const answer = what(to, payload)
      return answer instanceof Failed ? Promise.reject(answer) : Promise.resolve(answer)
    },
  }
  return discover(session, account, clock)
}

describe('discovering', () => {
  it('believes what account and server say', async () => {
    expect(await ask({})).toMatchObject({ archive: 'available', hasCarbons: true, hasStanzaIds: true })
  })

  it('takes who cannot be asked for one that has none', async () => {
    expect(await ask({ account: none, server: none })).toMatchObject({ archive: 'none', hasCarbons: false })
    expect(await ask({ carbons: none, preferences: none })).toMatchObject({ archive: 'available' })
  })

  it.each([
    ['account', silence],
    ['account', later],
    ['server', silence],
    ['server', later],
    ['carbons', silence],
    ['preferences', later],
  ] as const)('says nothing while %s is to be answered', async (part, failed) => {
    const failure = await ask({ [part]: failed }).catch(failureOf)
    expect(failure).toEqual(failed.failure)
  })

  it('does not wait for the time', async () => {
    expect(await ask({ time: silence })).toMatchObject({ archive: 'available', clockOffset: null })
  })

  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59Z', 0],
    ['1970-01-01T00:00:01Z', 1_500],
    ['1969-12-31T23:59:58Z', -1_500],
  ])('trusts the device where %s, in whole seconds, is what it says itself', async (utc, clockOffset) => {
    const time = iq(element('time', { xmlns: ns.time }, [element('utc', {}, [escapeText(utc)])]))
    expect(await ask({ time })).toMatchObject({ clockOffset })
  })
})
