// What the bot hears, as plain values: messages, live or out of an archive, and the question for a page of one.
import { childOf, escapeXml, textOf, type Element } from './xml.ts'

/** A message the bot heard. */
export interface Heard {
  from: string
  to: string
  type: string
  /** The stanza's id; empty when it had none. */
  id: string
  /** Empty when there was no origin id (XEP-0359). */
  originId: string
  /** undefined: no body (a receipt, a chat state, a marker). */
  body: string | undefined
  element: Element
  xml: string
}

/** One message of an archive. */
export interface Archived extends Heard {
  archiveId: string
  /** As the archive stamped it, e.g. `2026-11-22T10:00:00Z`. */
  stamp: string
}

/** What to ask an archive for (XEP-0313). */
export interface PageQuery {
  with?: string
  start?: string
  end?: string
  max?: number
  after?: string
  /** An empty string asks for the last page. */
  before?: string
  /** Whose archive; default the bot's own. */
  to?: string
}

/** Takes a message apart as far as a test wants to know. */
export function readHeard(element: Element, xml: string): Heard {
  const body = childOf(element, 'body')
  return {
    from: element.attrs.from ?? '',
    to: element.attrs.to ?? '',
    type: element.attrs.type ?? 'normal',
    id: element.attrs.id ?? '',
    originId: childOf(element, 'origin-id', 'urn:xmpp:sid:0')?.attrs.id ?? '',
    body: body === undefined ? undefined : textOf(body),
    element,
    xml,
  }
}

/** The message inside a `<result/>` of an archive. */
export function readArchived(result: Element, xml: string): Archived {
  const forwarded = childOf(result, 'forwarded')
  const message = childOf(forwarded, 'message')
  if (message === undefined) throw new Error('an archive result without a message')
  return {
    ...readHeard(message, xml),
    archiveId: result.attrs.id ?? '',
    stamp: childOf(forwarded, 'delay')?.attrs.stamp ?? '',
  }
}

/** The question for one page, as XML. */
export function pageQuery(queryId: string, query: PageQuery): string {
  const field = (name: string, value: string | undefined) =>
    value === undefined ? '' : `<field var="${name}"><value>${escapeXml(value)}</value></field>`
  const fields = field('with', query.with) + field('start', query.start) + field('end', query.end)
  const type = '<field var="FORM_TYPE" type="hidden"><value>urn:xmpp:mam:2</value></field>'
  const form = fields && `<x xmlns="jabber:x:data" type="submit">${type}${fields}</x>`
  const after = query.after === undefined ? '' : `<after>${escapeXml(query.after)}</after>`
  const before = query.before === undefined ? '' : `<before>${escapeXml(query.before)}</before>`
  const set = `<set xmlns="http://jabber.org/protocol/rsm"><max>${query.max ?? 50}</max>${after}${before}</set>`
  return `<query xmlns="urn:xmpp:mam:2" queryid="${queryId}">${form}${set}</query>`
}
