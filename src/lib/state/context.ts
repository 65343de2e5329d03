/** Hands the state of the app to components (Svelte context). The root layout sets it once. */
import { getContext, setContext } from 'svelte'
import type { AppSurface } from './surface.ts'

const key = Symbol('app')

export function setApp(app: AppSurface): void {
  setContext(key, app)
}

/** Must be called while a component initialises. */
export function getApp(): AppSurface {
  return getContext<AppSurface>(key)
}
