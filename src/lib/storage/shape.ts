/**
 * Which stores and indexes a schema has, told by the steps that make it: a database that lacks one is not whole.
 */
import type { Step } from './migrations.ts'

type Shape = Map<string, Set<string>>

/** Plays the steps on paper. */
function shapeOf(steps: readonly Step[]): Shape {
  const shape: Shape = new Map()
  const storeOf = (name: string): unknown => ({
    createIndex: (index: string) => shape.get(name)?.add(index),
    deleteIndex: (index: string) => shape.get(name)?.delete(index),
  })
  const db = {
    createObjectStore: (name: string) => (shape.set(name, new Set()), storeOf(name)),
    deleteObjectStore: (name: string) => shape.delete(name),
  } as unknown as IDBDatabase
  const tx = { objectStore: storeOf } as unknown as IDBTransaction
  for (const step of steps) step(db, tx)
  return shape
}

/** The first store or index of `steps` that a database lacks; null: it is whole. */
export function missingIn(db: IDBDatabase, steps: readonly Step[]): string | null {
  const shape = shapeOf(steps)
  const names = [...shape.keys()]
  const store = names.find((name) => !db.objectStoreNames.contains(name))
  if (store !== undefined) return store
  const tx = db.transaction(names)
  for (const [name, indexes] of shape) {
    const { indexNames } = tx.objectStore(name)
    const index = [...indexes].find((each) => !indexNames.contains(each))
    if (index !== undefined) return `${name}.${index}`
  }
  return null
}
