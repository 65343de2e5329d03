/** Dialogs that belong to no page, opened from several: the shell shows them and hands them out by context. */
import { getContext, setContext } from 'svelte'

export interface Dialogs {
  openNew(): void
  openHelp(): void
}

const key = Symbol('dialogs')

export function setDialogs(dialogs: Dialogs): void {
  setContext(key, dialogs)
}

/** Must be called while a component initialises, inside the shell. */
export function getDialogs(): Dialogs {
  return getContext<Dialogs>(key)
}
