// What each page notes of itself, from before its first script on: who leads, what is shown and since when, and whether
// anything was written under an epoch that was another tab's by then. It asks the browser alone, never the app.

export interface Notes {
  /** What came on screen since it was asked last: a text of the open conversation, or `name:count` of the unread; ms since 1970. */
  readonly seen: [what: string, at: number][]
  /** When this tab came to lead with a session that is caught up, since it was asked last. */
  readonly led: number[]
  /** Epochs it took, since it was asked last. */
  readonly epochs: number[]
  /** Transactions that wrote although another tab had taken over. */
  readonly oldWrites: number
  /** Transactions under way; others may have to wait for any of them. */
  readonly openWork: number
  /** The stream is this tab's. */
  readonly isLeader: boolean
  /** null: it cannot be seen. */
  readonly visibleSince: number | null
}

declare global {
  interface Window {
    /** `openWork`: how many transactions are under way; `work`: which ones, and since when; `isFrozen`: as its life cycle says. */
    tabNotes?: { take(): Notes; openWork(): number; work(): string[]; isFrozen(): boolean }
  }
}

/** Runs in the page: no closures. */
export function keepNotes(): void {
  const seen = new Map<string, number>()
  let [fresh, led, epochs]: [[string, number][], number[], number[]] = [[], [], []]
  let [oldWrites, epoch] = [0, 0]
  const open = new Map<IDBTransaction, string>()
  let stream: WebSocket | null = null
  let [isCaughtUp, isFrozen] = [false, false]
  document.addEventListener('freeze', () => (isFrozen = true))
  document.addEventListener('resume', () => (isFrozen = false))
  let visibleSince = document.visibilityState === 'visible' ? Date.now() : null
  document.addEventListener('visibilitychange', () => {
    visibleSince = document.visibilityState === 'visible' ? Date.now() : null
  })

  const see = (what: string) => {
    if (seen.has(what)) return
    seen.set(what, Date.now())
    fresh.push([what, Date.now()])
  }
  const look = () => {
    for (const each of document.querySelectorAll('[role="feed"] [role="article"] .paragraph')) see(each.textContent)
    for (const each of document.querySelectorAll('a[data-conversation]')) {
      const count = each.querySelector('.count [aria-hidden]')?.textContent ?? '0'
      see(`${each.querySelector('.name')?.textContent}:${count}`)
    }
    const words = [...document.querySelectorAll('header .visually-hidden')].map((each) => each.textContent)
    if (isCaughtUp || stream?.readyState !== WebSocket.OPEN || !words.includes('Connected')) return
    isCaughtUp = true
    led.push(Date.now())
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })

  window.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      this.addEventListener('message', ({ data, target }) => {
        if (!/^<(resumed|enabled)\b/.test(data)) return
        stream = target as WebSocket
        isCaughtUp = false
      })
    }
  }

  const written = new WeakMap<IDBTransaction, { writes: number; epoch: number | null }>()
  const begin = IDBDatabase.prototype.transaction
  IDBDatabase.prototype.transaction = function (...given: Parameters<typeof begin>) {
    const tx = begin.apply(this, given)
    const work = { writes: 0, epoch: null as number | null }
    written.set(tx, work)
    open.set(tx, `${tx.mode} ${[...tx.objectStoreNames].join(' ')} since ${Math.round(performance.now())}`)
    let stored: number | undefined
    if (tx.mode === 'readwrite' && tx.objectStoreNames.contains('message')) {
      const asked = tx.objectStore('meta').get('epoch')
      asked.onsuccess = () => (stored = asked.result?.value ?? 0)
    }
    tx.addEventListener('abort', () => open.delete(tx))
    tx.addEventListener('complete', () => {
      open.delete(tx)
      if (work.epoch !== null) epochs.push((epoch = work.epoch))
      if (work.writes > 0 && stored !== undefined && stored !== epoch) oldWrites++
    })
    return tx
  }
  for (const name of ['put', 'add', 'delete', 'clear'] as const) {
    const change = IDBObjectStore.prototype[name] as (...given: unknown[]) => IDBRequest
    Object.assign(IDBObjectStore.prototype, {
      [name](this: IDBObjectStore, ...given: unknown[]) {
        const work = written.get(this.transaction)
        if (work) work.writes++
        const row = given[0] as { name?: string; value?: number } | undefined
        if (work && this.name === 'meta' && row?.name === 'epoch') work.epoch = row.value ?? 0
        return change.apply(this, given)
      },
    })
  }

  window.tabNotes = {
    isFrozen: () => isFrozen,
    openWork: () => open.size,
    work: () => [...open.values(), `now ${Math.round(performance.now())}`],
    take: () => {
      const isLeader = stream?.readyState === WebSocket.OPEN
      // While the debugger holds a page, the browser tells it nothing.
      if (document.visibilityState !== 'visible') visibleSince = null
      else visibleSince ??= Date.now()
      const notes = { seen: fresh, led, epochs, oldWrites, openWork: open.size, isLeader, visibleSince }
      ;[fresh, led, epochs] = [[], [], []]
      oldWrites = 0
      return notes
    },
  }
}
