// Planted: what a component must not reach.
import { one } from '../model/one.ts'

export const client = one
