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

interface Class {
  readonly prototype: object
}

/** Makes `instanceof browser` true for both; idb wraps what is an instance of the browser's classes. */
function letPass(browser: Class, memory: Class): void {
  const isIn = (prototype: object, value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.prototype.isPrototypeOf.call(prototype, value)
  const value = (tested: unknown): boolean => isIn(browser.prototype, tested) || isIn(memory.prototype, tested)
  Object.defineProperty(browser, Symbol.hasInstance, { value })
}

export function memoryDatabases(): IDBFactory {
  letPass(IDBCursor, MemoryCursor)
  letPass(IDBDatabase, MemoryDatabase)
  letPass(IDBIndex, MemoryIndex)
  letPass(IDBObjectStore, MemoryObjectStore)
  letPass(IDBRequest, MemoryRequest)
  letPass(IDBTransaction, MemoryTransaction)
  // Key ranges are made by the browser's class, which has all that is asked of one.
  letPass(MemoryKeyRange, IDBKeyRange)
  return new MemoryFactory()
}
