// Planted: a cycle of one.ts and two.ts.
import { two } from './two.ts'

export const one = (): number => two()
