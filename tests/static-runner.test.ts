// The runner behind `npm test` counts honestly: what it says at the end is what people trust.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countPlaywright, countVitest, runChecks } from '../tools/static-runner.mjs'

const node = process.execPath
const how = { atOnce: 2, limitSeconds: 30 }
let said: string[]
let folder: string

beforeEach(() => {
  said = []
  folder = mkdtempSync(join(tmpdir(), 'besedka-runner-'))
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

describe('runChecks', () => {
  it('counts a command as one test, and shows the end of what a failed one said', async () => {
    const outcomes = await runChecks(
      [
        { name: 'test of the runner good', command: [node, '-e', ''] },
        { name: 'test of the runner bad', command: [node, '-e', 'console.log("why it failed"); process.exit(3)'] },
        { name: 'test of the runner absent', command: ['no-such-program'] },
      ],
      how,
    )
    expect(outcomes.map(({ passed, failed }) => [passed, failed])).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ])
    expect(said.join('\n')).toContain('why it failed')
  })

  it('ends a command that hangs', async () => {
    const check = { name: 'test of the runner hanging', command: [node, '-e', 'setInterval(() => {}, 1000)'] }
    const [outcome] = await runChecks([check], { atOnce: 1, limitSeconds: 0.5 })
    expect(outcome).toMatchObject({ passed: 0, failed: 1 })
  })

  it('does not believe the results of an earlier run', async () => {
    const results = join(folder, 'old.json')
    writeFileSync(
      results,
      JSON.stringify({ numPassedTests: 9, numFailedTests: 0, numPendingTests: 0, testResults: [] }),
    )
    const check = {
      name: 'test of the runner old',
      command: [node, '-e', 'process.exit(1)'],
      results,
      runner: 'vitest' as const,
    }
    const [outcome] = await runChecks([check], how)
    expect(outcome).toMatchObject({ passed: 0, failed: 1 })
    expect(existsSync(results)).toBe(false)
  })

  it('fails when a runner exits badly although its tests passed', async () => {
    const results = join(folder, 'new.json')
    const report = JSON.stringify({ stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 1 }, errors: [] })
    const script = `require('fs').writeFileSync(process.env.E2E_RESULT, ${JSON.stringify(report)}); process.exit(1)`
    const check = {
      name: 'test of the runner new',
      command: [node, '-e', script],
      results,
      runner: 'playwright' as const,
    }
    const [outcome] = await runChecks([check], how)
    expect(outcome).toMatchObject({ passed: 2, failed: 1, skipped: 1 })
  })
})

describe('counting', () => {
  it('counts a file that cannot be loaded as a failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ]
    const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults }
    expect(countVitest(report)).toEqual({ passed: 1, failed: 2, skipped: 3 })
  })

  it('counts a test that only passed on the second try as a failure', () => {
    const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 0 }
    expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 3, failed: 2, skipped: 0 })
  })

  it('counts an error outside of all tests', () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }
    expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})
