// The server's process is killed while both sides talk, and started again on what it had written. What it had acknowledged
// and no longer has is its own loss, and counted apart; everything else is held to the same bars.
import { afterAll, expect, it } from 'vitest'
import { flawless, judge, type Verdict } from './oracle.ts'
import { countsOf, isFlawless, Scene, sum } from './scene.ts'
import { pause, Stage, until, type Program } from './stage.ts'
import { arrived, botSays, covered, personSays, settled, texts } from './talk.ts'
import { dice } from './dice.ts'
import { report } from '../report.ts'
import { seed, share, size } from '../size.ts'

const plan = { count: 40, pace: 15, people: 5, kills: size === 'full' ? Math.ceil(20 * share) : 1 }

interface Outcome {
  readonly verdict: Verdict
  /** Messages of ours that the server had acknowledged and does not have. */
  readonly forgotten: number
}

const stages: Stage[] = []
afterAll(async () => {
  for (const stage of stages) await stage.end()
})

it.concurrent.each(['prosody', 'ejabberd'] as const)('%s', async (program: Program) => {
  const began = Date.now()
  const stage = await Stage.make({}, program)
  stages.push(stage)
  const chance = dice(seed)
  const outcomes: Outcome[] = []
  for (let done = 0; done < plan.kills; done++) {
    const scenes = await Promise.all(Array.from({ length: plan.people }, () => Scene.make(stage)))
    const talks = scenes.map((scene) => talk(scene))
    await pause(plan.count * plan.pace * chance.roll())
    await stage.server.kill9()
    await stage.server.start()
    outcomes.push(...(await Promise.all(talks.map((finish) => finish()))))
  }
  const verdict = sum(outcomes.map((each) => each.verdict))
  const forgotten = outcomes.reduce((all, each) => all + each.forgotten, 0)
  report('R2', {
    case: `${program === 'prosody' ? 'Prosody' : 'ejabberd'}: the server killed`,
    held: isFlawless(verdict),
    on: [program],
    counts: {
      times: outcomes.length,
      'messages each way': plan.count * outcomes.length,
      ...countsOf(verdict),
      'acknowledged and forgotten by the server': forgotten,
    },
    seconds: (Date.now() - began) / 1_000,
  })
  expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
})

/** Both begin to talk. What is returned says the rest, once the server is there again, and what it came to. */
function talk(scene: Scene): () => Promise<Outcome> {
  const { stage, anna, boris, device, tab } = scene
  const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
  const mine = personSays(() => tab, boris, said.device, plan.pace)
  // The bot's connection dies with the server.
  const theirs = botSays(scene.bot, anna, said.bot, plan.pace).catch(() => undefined)
  return async () => {
    await theirs
    const bot = await stage.bot(boris)
    // What it cannot find in the archive it says again, as a person would.
    const kept = new Set(await bodiesOf(scene, anna.user))
    const rest = said.bot.filter((body) => !kept.has(body))
    await botSays(bot, anna, rest, plan.pace)
    await mine
    await settled(tab)
    await until('all kept', async () => (await bodiesOf(scene, anna.user)).filter(isOfBot).length >= plan.count)
    await covered(tab, stage.server, anna)
    await arrived(tab, boris, 2 * plan.count)
    const bodies = await bodiesOf(scene, boris.user)
    const forgotten = await forgottenOf(scene, said.device, bodies)
    // Its own memory died with its connection: what is in its archive it has.
    const other = { heard: bodies.map((body) => ({ body })) }
    const order = (await bodiesOf(scene, anna.user)).filter(isOfBot)
    const verdict = await judge(
      tab,
      other,
      { device: anna, bot: boris },
      { device: said.device, bot: order },
      stage.server,
      { forgotten },
    )
    bot.abort()
    await device.end()
    return { verdict, forgotten: forgotten.size }
  }
}

const isOfBot = (body: string): boolean => body.startsWith('bot')

/** What the server had taken of ours, by its own acknowledgement or our archive, and what the other side never gets. */
async function forgottenOf(scene: Scene, said: readonly string[], there: readonly string[]): Promise<Set<string>> {
  const has = new Set(there)
  const here = new Set(await bodiesOf(scene, scene.anna.user))
  const wasTaken = (body: string): boolean =>
    here.has(body) || scene.device.tape.acknowledged.has(body.replace(' ', '-'))
  return new Set(said.filter((body) => !has.has(body) && wasTaken(body)))
}

async function bodiesOf({ stage, anna, boris }: Scene, user: string): Promise<string[]> {
  const archive = await stage.server.archive(user, { with: user === anna.user ? boris.jid : anna.jid })
  return archive.flatMap(({ xml }) => /<body>([^<]*)<\/body>/.exec(xml)?.[1] ?? [])
}
