// A run of Playwright that ends without a summary leaves a sentence that says why.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runPlaywright } from '../tools/playwright.mjs'

let folder: string
let said: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'besedka-playwright-'))
  said = []
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(script: string, options: { results?: string } = {}): Promise<number> {
  const file = join(folder, 'script.mjs')
  writeFileSync(file, script)
  return runPlaywright([], process.env, { ...options, script: file, say: (words) => void said.push(words) })
}

it('says nothing of an ordinary end', async () => {
  const results = join(folder, 'results.json')
  expect(
    await run(`import { writeFileSync } from 'node:fs'; writeFileSync('${results}', ''); process.exit(1)`, { results }),
  ).toBe(1)
  expect(said).toEqual([])
})

it('names the signal that ended it', async () => {
  expect(await run(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`)).toBe(137)
  expect(said).toEqual([expect.stringContaining('ended by SIGKILL')])
})

it('does not take the results of an earlier run for those of this one', async () => {
  const results = join(folder, 'results.json')
  writeFileSync(results, 'old')
  expect(await run('process.exit(3)', { results })).toBe(3)
  expect(said).toEqual([expect.stringContaining('ended with code 3 and wrote no results')])
})

it('tells it once, and in the way in which it sums up', async () => {
  const heard = join(folder, 'heard')
  const script = `
    import { appendFileSync } from 'node:fs'
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
      appendFileSync('${heard}', signal + ' ')
      setTimeout(() => process.exit(130), 100)
    })
    appendFileSync('${heard}', 'ready ')
    setInterval(() => {}, 1000)`
  const ended = run(script)
  await expect.poll(() => readFileSync(heard, { encoding: 'utf8', flag: 'a+' })).toBe('ready ')
  process.emit('SIGTERM', 'SIGTERM')
  expect(await ended).toBe(130)
  expect(readFileSync(heard, 'utf8')).toBe('ready SIGINT ')
  expect(said).toEqual([expect.stringContaining('Told to stop by SIGTERM')])
})
