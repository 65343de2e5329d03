/**
 * What this client announces that it can do: exactly what is implemented, and nothing stanza.js would add.
 *
 * @xep 0030 Service Discovery 2.5.0
 * @xep 0115 Entity Capabilities 1.6.0
 */
import type { Client } from 'stanza'
import { element, type Markup } from './element.ts'
import type { Inquiry } from './inquiry.ts'
import { ns } from './namespace.ts'

const node = 'https://besedka.invalid/caps'

/** Every feature of our disco answer, sorted; a test holds the list. */
export const announced: readonly string[] = [
  ns.caps,
  ns.chatMarkers,
  ns.discoInfo,
  ns.discoItems,
  `${ns.displayed}+notify`,
  ns.ping,
  ns.receipts,
].sort()

const identity = { category: 'client', type: 'web', name: 'Besedka' }

export interface Capabilities {
  /** The `<c/>` of our presence. */
  presence(): Markup
  /** The inside of our answer; null: nothing that we do. */
  answer(inquiry: Inquiry): readonly Markup[] | null
}

interface DiscoOfStanza {
  features: Map<string, Set<string>>
  identities: Map<string, { category: string; type: string; name?: string }[]>
  updateCaps(node: string): { algorithm: string; node: string; value: string }[]
}

export function announceCapabilities(client: Client): Capabilities {
  const { disco } = client as unknown as { disco: DiscoOfStanza }
  disco.features.set('', new Set(announced))
  disco.identities.set('', [identity])
  const [caps] = disco.updateCaps(node)
  const nodes: readonly string[] = ['', `${node}#${caps?.value ?? ''}`]
  return {
    answer({ asks, node: of }) {
      if (asks === 'ping') return []
      if (asks === 'items') return [element('query', { xmlns: ns.discoItems, node: of || null })]
      if (asks !== 'info' || !nodes.includes(of)) return null
      const features = announced.map((feature) => element('feature', { var: feature }))
      return [element('query', { xmlns: ns.discoInfo, node: of || null }, [element('identity', identity), ...features])]
    },
    presence: () => element('c', { xmlns: ns.caps, hash: caps?.algorithm ?? 'sha-1', node, ver: caps?.value ?? '' }),
  }
}
