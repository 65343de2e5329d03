// The floor: the least a page can do for the same outcome. One WebSocket signed in to the same server, DOMParser for each
// frame, one IndexedDB transaction for what came together, one element with one text node for each message. It checks
// nothing, recognises nothing, has no second tab, no outbox and no looks. The pages of tests/bench call what is in `floor`.
const rowClass = 'timeline-row'
const pageSize = 250
/** What the page may show at once, and how much it reads back at a time: as the product. */
const screenful = 50
const step = 80

/** Names the policy of the product allows (Trusted Types). */
const markup = trustedTypes.createPolicy('svelte-trusted-html', { createHTML: (text) => text })
const worker = trustedTypes.createPolicy('besedka-worker', { createScriptURL: (url) => url })
const parser = new DOMParser()

/** @param {IDBRequest} request */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Its own database: one store, and for each message as many index entries as the product keeps for one of another's. */
function openOwn() {
  const request = indexedDB.open('floor', 1)
  request.onupgradeneeded = () => {
    const message = request.result.createObjectStore('message', { keyPath: 'id', autoIncrement: true })
    message.createIndex('timeline', 'place')
    message.createIndex('unread', 'unreadPlace')
    message.createIndex('archive', 'archiveKey', { unique: true })
    message.createIndex('origin', 'originKey')
    message.createIndex('wire', 'wireKey')
  }
  return done(request)
}

/** The product's own database, so that both read the very same rows; its bucket and name stand in the address. */
async function openProduct() {
  const [bucket, name] = location.hash.slice(1).split('/').map(decodeURIComponent)
  const home = bucket === '' ? window : await navigator.storageBuckets.open(bucket)
  // When a bucket is collected, its open databases never answer again (Chromium 156).
  Object.assign(window, { home })
  return done(home.indexedDB.open(name))
}

let order = 0

/** The row of a message stanza, wherever it came from. */
function rowOf(message, archiveId, stamp) {
  const from = message.getAttribute('from').split('/', 1)[0]
  const originId = message.getElementsByTagName('origin-id')[0]?.getAttribute('id') ?? null
  const id = message.getAttribute('id')
  const rank = String(order++).padStart(12, '0')
  return {
    conversation: from,
    place: [from, 0, stamp, rank],
    unreadPlace: [from, stamp, rank],
    archiveKey: ['self', archiveId],
    originKey: [from, from, originId],
    wireKey: [from, from, id],
    originId,
    messageId: id,
    archiveId,
    at: stamp,
    rank,
    body: message.getElementsByTagName('body')[0]?.textContent ?? '',
  }
}

/** Stores all of it in one transaction. */
function store(db, rows) {
  return new Promise((resolve, reject) => {
    const tx = db.transaction('message', 'readwrite')
    const messages = tx.objectStore('message')
    for (const row of rows) messages.add(row)
    tx.oncomplete = resolve
    tx.onabort = () => reject(tx.error)
  })
}

function article(body) {
  const element = document.createElement('article')
  element.className = rowClass
  element.textContent = body
  return element
}

const bodyOf = (row) => row.sealed.body.parts[0]?.body ?? ''

/** The newest rows of a conversation before a place, newest first. */
async function readBack(db, conversation, before, count) {
  const index = db.transaction('message').objectStore('message').index('timeline')
  const range = IDBKeyRange.bound([conversation], before ?? [conversation, []], false, before !== null)
  if ('getAllRecords' in index) return done(index.getAll({ query: range, count, direction: 'prev' }))
  const rows = []
  const request = index.openCursor(range, 'prev')
  await new Promise((resolve) => {
    request.onsuccess = () => {
      if (!request.result || rows.length === count) return resolve()
      rows.push(request.result.value)
      request.result.continue()
    }
  })
  return rows
}

/** Signed in by the shortest way: PLAIN, one resource, stream management that is answered but never resumed. */
function connect({ user, password }, receive) {
  const socket = new WebSocket(new URL('/xmpp-websocket', location.href.replace('http', 'ws')), 'xmpp')
  const send = (text) => socket.send(text)
  const open = () => send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>')
  let isProven = false
  let handled = 0
  socket.onopen = open
  return new Promise((resolve, reject) => {
    socket.onclose = () => reject(new Error('the connection ended'))
    socket.onmessage = ({ data }) => {
      const root = parser.parseFromString(markup.createHTML(data), 'text/xml').documentElement
      const { localName } = root
      if (localName === 'features' && !isProven) {
        send(
          `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa(`\0${user}\0${password}`)}</auth>`,
        )
      } else if (localName === 'success') {
        isProven = true
        open()
      } else if (localName === 'features') {
        send('<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')
      } else if (localName === 'iq' && root.id === 'bind') {
        send('<enable xmlns="urn:xmpp:sm:3" resume="true"/>')
      } else if (localName === 'enabled') {
        resolve({ send, end: () => socket.close() })
      } else if (localName === 'r') {
        send(`<a xmlns="urn:xmpp:sm:3" h="${handled}"/>`)
      } else if (['message', 'iq', 'presence'].includes(localName)) {
        handled++
        receive(root, data)
      }
    }
  })
}

/** A list of conversations with the last words of each. */
function listLines() {
  const list = document.createElement('nav')
  document.body.replaceChildren(list)
  const lines = new Map()
  return (row) => {
    let line = lines.get(row.conversation)
    if (!line) {
      lines.set(row.conversation, (line = document.createElement('p')))
      list.append(line)
    }
    line.textContent = row.body
  }
}

/** Live messages: what came while the last transaction ran is the next one; shown when it is stored. */
async function live(account) {
  const db = await openOwn()
  const feed = document.createElement('main')
  document.body.replaceChildren(feed)
  let waiting = []
  let isStoring = false
  const run = async () => {
    isStoring = true
    while (waiting.length > 0) {
      const rows = waiting
      waiting = []
      await store(db, rows)
      for (const row of rows) feed.append(article(row.body))
    }
    isStoring = false
  }
  const line = await connect(account, (stanza) => {
    if (stanza.localName !== 'message') return
    const id = stanza.getElementsByTagName('stanza-id')[0]?.getAttribute('id')
    if (!id) return
    waiting.push(rowOf(stanza, id, Date.now()))
    if (!isStoring) void run()
  })
  line.send('<presence xmlns="jabber:client"/>')
}

/** The archive after an id, page by page; the next page is asked for while this one is stored. */
async function catchUp(account, after) {
  const db = await openOwn()
  const show = listLines()
  let rows = []
  let stored = Promise.resolve()
  const line = await connect(account, (stanza) => {
    const result = stanza.getElementsByTagName('result')[0]
    if (stanza.localName === 'message' && result) {
      const stamp = Date.parse(result.getElementsByTagName('delay')[0].getAttribute('stamp'))
      rows.push(rowOf(result.getElementsByTagName('message')[0], result.id, stamp))
    }
    const fin = stanza.localName === 'iq' && stanza.getElementsByTagName('fin')[0]
    if (!fin) return
    const page = rows
    rows = []
    const isComplete = fin.getAttribute('complete') === 'true'
    const last = fin.getElementsByTagName('last')[0]?.textContent
    if (!isComplete) ask(last)
    stored = stored.then(() => store(db, page)).then(() => page.forEach(show))
  })
  const ask = (id) =>
    line.send(
      `<iq xmlns="jabber:client" type="set" id="page"><query xmlns="urn:xmpp:mam:2" queryid="page"><set xmlns="http://jabber.org/protocol/rsm"><max>${pageSize}</max><after>${id}</after></set></query></iq>`,
    )
  ask(after)
}

/** What the person sees of a conversation: its newest rows. */
async function showConversation(db, conversation) {
  const feed = document.createElement('main')
  const rows = await readBack(db, conversation, null, screenful)
  feed.append(...rows.reverse().map((row) => article(bodyOf(row))))
  document.body.replaceChildren(feed)
  return { feed, rows }
}

/** A list of conversations; a click opens one. */
async function openable(conversations) {
  const db = await openProduct()
  document.body.replaceChildren(
    ...conversations.map((id, at) => {
      const button = document.createElement('button')
      button.textContent = `open ${at}`
      button.onclick = () => void showConversation(db, id)
      return button
    }),
  )
}

/** One conversation that reads back whenever its beginning comes near. */
async function scrollable(conversation) {
  const db = await openProduct()
  const { feed, rows } = await showConversation(db, conversation)
  const viewport = document.createElement('section')
  viewport.style.cssText = 'block-size: 90vh; overflow: auto'
  viewport.append(feed)
  document.body.replaceChildren(viewport)
  let [oldest] = rows
  const border = document.createElement('div')
  viewport.prepend(border)
  viewport.scrollTop = 1e6
  const observer = new IntersectionObserver(
    async ([entry]) => {
      if (!entry.isIntersecting) return
      observer.unobserve(border)
      const older = await readBack(db, conversation, oldest.place, step)
      if (older.length === 0) return
      oldest = older.at(-1)
      const height = viewport.scrollHeight
      feed.prepend(...older.reverse().map((row) => article(bodyOf(row))))
      // What is read stays where it stands, as in the product: else the next page would come without a turn of the wheel.
      viewport.scrollTop += viewport.scrollHeight - height
      observer.observe(border)
    },
    { root: viewport, rootMargin: '600px' },
  )
  observer.observe(border)
}

/** A field that grows with its text. */
function typable() {
  const field = document.createElement('textarea')
  field.style.cssText = 'field-sizing: content; inline-size: 40rem; max-block-size: 15rem'
  field.rows = 1
  document.body.replaceChildren(field)
  field.focus()
}

/** A form that is answered: what must be there before anybody can sign in. */
function signInForm() {
  const form = document.createElement('form')
  for (const [label, type] of [
    ['Address', 'text'],
    ['Password', 'password'],
  ]) {
    const line = document.createElement('label')
    line.append(label, Object.assign(document.createElement('input'), { type }))
    form.append(line)
  }
  form.append(Object.assign(document.createElement('button'), { textContent: 'Sign in' }))
  form.onsubmit = (event) => event.preventDefault()
  return form
}

/** The conversation in the address at once, as a page that is opened again. */
async function again() {
  const [, , conversation] = location.hash.slice(1).split('/').map(decodeURIComponent)
  if (conversation) await showConversation(await openProduct(), conversation)
}

const keep = () => navigator.serviceWorker.register(worker.createScriptURL('worker.js'))

Object.assign(window, { floor: { live, catchUp, openable, scrollable, typable, keep } })
if (location.hash === '') document.body.replaceChildren(signInForm())
else void again()
