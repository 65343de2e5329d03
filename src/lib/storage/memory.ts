/**
 * Databases that live in this page alone and vanish with it: for public computers. The same code as on disk runs on them.
 * docs/decisions tells why and how fake-indexeddb is made to pass for the browser's own.
 */
import {
  IDBCursor as MemoryCursor,
  IDBDatabase as MemoryDatabase,
  IDBFactory as MemoryFactory,
  IDBIndex as MemoryIndex,
  IDBKeyRange as MemoryKeyRange,
  IDBObjectStore as MemoryObjectStore,
  IDBRequest as MemoryRequest,
  IDBTransaction as MemoryTransaction,
} from 'fake-indexeddb'

/** idb wraps what is an instance of the browser's classes; these then are. */
function passFor(prototype: object, browsers: { prototype: object }): void {
  Object.setPrototypeOf(prototype, browsers.prototype)
}

export function memoryDatabases(): IDBFactory {
  passFor(MemoryCursor.prototype, IDBCursor)
  passFor(MemoryDatabase.prototype, IDBDatabase)
  passFor(MemoryIndex.prototype, IDBIndex)
  passFor(MemoryObjectStore.prototype, IDBObjectStore)
  passFor(MemoryRequest.prototype, IDBRequest)
  passFor(MemoryTransaction.prototype, IDBTransaction)
  // Key ranges are made by the browser's class, which has all that is asked of one.
  Object.defineProperty(MemoryKeyRange, Symbol.hasInstance, { value: (value: unknown) => value instanceof IDBKeyRange })
  return new MemoryFactory()
}
