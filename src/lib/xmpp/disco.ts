/**
 * Asks an address what it can do, and our server what time it has.
 *
 * @xep 0030 Service Discovery 2.5.0
 * @xep 0202 Entity Time 2.0
 */
import {
  attributeOf,
  childElements,
  childOf,
  childrenOf,
  element,
  nameOf,
  textOf,
  type Markup,
  type XMLElement,
} from './element.ts'
import { ns } from './namespace.ts'

export function writeDiscoQuery(): Markup {
  return element('query', { xmlns: ns.discoInfo })
}

export function readFeatures(answer: XMLElement): ReadonlySet<string> {
  const query = childOf(answer, 'query', ns.discoInfo)
  const features = query ? childrenOf(query, 'feature', ns.discoInfo) : []
  return new Set(features.flatMap((feature) => attributeOf(feature, 'var') ?? []))
}

export function writeTimeQuery(): Markup {
  return element('time', { xmlns: ns.time })
}

/** ms since the epoch; null where the answer is none. */
export function readTime(answer: XMLElement): number | null {
  const time = childElements(answer).find((child) => nameOf(child) === 'time')
  const at = Date.parse(textOf(time ? childOf(time, 'utc', ns.time) : null))
  return Number.isNaN(at) ? null : at
}

export function writeCarbonsEnable(): Markup {
  return element('enable', { xmlns: ns.carbons })
}
