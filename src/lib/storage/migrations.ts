/**
 * The schema of both databases as append-only steps; step n brings version n-1 to n.
 * A released step is never edited. Stores and indexes only: rows are changed afterwards, in chunks.
 */
export type Step = (db: IDBDatabase, tx: IDBTransaction) => void

export const rootSteps: readonly Step[] = [
  (db) => {
    db.createObjectStore('account', { keyPath: 'id' })
    db.createObjectStore('setting', { keyPath: 'name' })
    db.createObjectStore('request', { keyPath: 'id' }).createIndex('account', ['account', 'at'])
  },
]

export const accountSteps: readonly Step[] = [
  (db) => {
    db.createObjectStore('meta', { keyPath: 'name' })
    db.createObjectStore('key', { keyPath: 'version' })
    db.createObjectStore('secret', { keyPath: 'id' })
    db.createObjectStore('conversation', { keyPath: 'id' }).createIndex('jid', 'jid', { unique: true })
    const message = db.createObjectStore('message', { keyPath: 'localId', autoIncrement: true })
    message.createIndex('timeline', 'place')
    message.createIndex('unread', 'unreadPlace')
    message.createIndex('archive', 'archiveKey', { unique: true })
    message.createIndex('origin', 'originKey')
    message.createIndex('wire', 'wireKey')
    message.createIndex('awaits', 'awaits')
    message.createIndex('receipt', 'receiptDue')
    const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true })
    outbox.createIndex('message', 'message', { unique: true })
    outbox.createIndex('conversation', ['conversation', 'seq'])
    db.createObjectStore('coverage', { keyPath: ['archive', 'with'] })
    db.createObjectStore('gap', { keyPath: 'id', autoIncrement: true }).createIndex('archive', 'archive')
    db.createObjectStore('roster', { keyPath: 'jid' })
    db.createObjectStore('presence', { keyPath: 'jid' })
    db.createObjectStore('subscription', { keyPath: 'jid' })
    db.createObjectStore('toIndex', { keyPath: 'localId' })
  },
]
