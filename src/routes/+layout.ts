/** Makes the app before the first screen: the person's language and settings must be known to draw it. */
import { dev, version } from '$app/environment'
import { createApp } from '#app.ts'
import type { LayoutLoad } from './$types'

export const load: LayoutLoad = async () => ({ app: await createApp({ isDev: dev, version }) })
