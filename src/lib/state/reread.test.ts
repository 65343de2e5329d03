import { describe, expect, it } from 'vitest'
import { Reread } from './reread.ts'

/** A reader whose reads end when they are told to. */
function reader() {
  const begun: string[][] = []
  const ends: { end(): void; fail(): void }[] = []
  const reread = new Reread<string>((due) => {
    begun.push([...due])
    return new Promise((resolve, reject) => ends.push({ end: resolve, fail: () => reject(new Error('no disk')) }))
  })
  return { begun, ends, reread }
}

const turn = () => new Promise((resolve) => setTimeout(resolve))

describe('reading anew', () => {
  it('reads once what is asked for at once', async () => {
    const { begun, ends, reread } = reader()
    const all = Promise.all([reread.ask(['a']), reread.ask(['b', 'a'])])
    await turn()
    ends[0]!.end()
    await all
    expect(begun).toEqual([['a', 'b']])
  })

  it('reads again what changes during a read, once for all of it, and not beside it', async () => {
    const { begun, ends, reread } = reader()
    void reread.ask(['a'])
    await turn()
    const later = [reread.ask(['a']), reread.ask(['b'])]
    await turn()
    expect(begun).toEqual([['a']])
    ends[0]!.end()
    await turn()
    expect(begun).toEqual([['a'], ['a', 'b']])
    ends[1]!.end()
    await Promise.all(later)
    await turn()
    expect(begun).toHaveLength(2)
  })

  it('answers only when a read that began after the question is done', async () => {
    const { ends, reread } = reader()
    void reread.ask(['a'])
    await turn()
    let isDone = false
    void reread.ask(['b']).then(() => (isDone = true))
    ends[0]!.end()
    await turn()
    expect(isDone).toBe(false)
    ends[1]!.end()
    await turn()
    expect(isDone).toBe(true)
  })

  it('tells those who asked that it failed, and reads on for others', async () => {
    const { begun, ends, reread } = reader()
    const first = reread.ask(['a'])
    await turn()
    const second = reread.ask(['b'])
    ends[0]!.fail()
    await expect(first).rejects.toThrow('no disk')
    await turn()
    ends[1]!.end()
    await second
    expect(begun).toEqual([['a'], ['b']])
  })
})
