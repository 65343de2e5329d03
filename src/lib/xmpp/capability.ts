/**
 * What this client announces that it can do: exactly what is implemented, and nothing stanza.js would add.
 *
 * @xep 0030 Service Discovery 2.5.0
 * @xep 0115 Entity Capabilities 1.6.0
 */
import type { Client } from 'stanza'
import { element, type Markup } from './element.ts'
import { ns } from './namespace.ts'

const node = 'https://besedka.invalid/caps'

/** Every feature of our disco answer, sorted; a test holds the list. */
export const announced: readonly string[] = [ns.caps, ns.discoInfo, ns.discoItems, ns.ping, ns.receipts].sort()

export interface Capabilities {
  /** The `<c/>` of our presence. */
  presence(): Markup
}

interface DiscoOfStanza {
  features: Map<string, Set<string>>
  identities: Map<string, { category: string; type: string; name?: string }[]>
  updateCaps(node: string): { algorithm: string; node: string; value: string }[]
}

export function announceCapabilities(client: Client): Capabilities {
  const { disco } = client as unknown as { disco: DiscoOfStanza }
  disco.features.set('', new Set(announced))
  disco.identities.set('', [{ category: 'client', type: 'web', name: 'Besedka' }])
  const [caps] = disco.updateCaps(node)
  return {
    presence: () => element('c', { xmlns: ns.caps, hash: caps?.algorithm ?? 'sha-1', node, ver: caps?.value ?? '' }),
  }
}
