/** Draws a component once, without a browser: what it says when the app stands so. Texts are their keys. */
import type { Component } from 'svelte'
import { render } from 'svelte/server'
import { setApp } from '#state/context.ts'
import type { AppSurface, SessionSurface, SettingSurface } from '#state/surface.ts'

export interface Standing {
  readonly session?: Partial<SessionSurface>
  readonly setting?: Partial<SettingSurface>
}

/** HTML of the body. */
export function draw<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
  { session, setting }: Standing,
): string {
  const app = {
    session: { storageFailure: null, signInFailure: null, defaults: { domain: '', name: '' }, ...session },
    setting: { failure: null, configProblems: [], ...setting },
    text: { t: (key: string) => key, failure: ({ what }: { what: string }) => `failure.${what}` },
  }
  const inApp = (...given: Parameters<Component<Props>>) => {
    setApp(app as unknown as AppSurface)
    return component(...given)
  }
  return render(inApp as Component<Props>, { props, context: new Map() } as never).body
}
