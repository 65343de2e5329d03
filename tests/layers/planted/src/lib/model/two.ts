// Planted: a cycle of one.ts and two.ts.
import { one } from './one.ts'

export const two = (): number => one()
