// Enough XML for what a server sends in one WebSocket frame: no document type, no processing of namespaces beyond xmlns.
// The bot reads with it, so that what the product's own parser gets wrong shows up in a test.

/** An element; `xmlns` is inherited from its parent, prefixes stay part of the name. */
export interface Element {
  name: string
  xmlns: string
  attrs: Record<string, string>
  children: (Element | string)[]
}

const token =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|<[!?][^>]*>|([^<]+)/g
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Reads one element; throws when the text is not one well-formed element. */
export function parseXml(text: string): Element {
  const root: Element = { name: '', xmlns: '', attrs: {}, children: [] }
  const open = [root]
  for (const match of text.matchAll(token)) {
    const [, cdata, end, start, attributes = '', empty, plain] = match
    const here = open[open.length - 1] as Element
    if (cdata !== undefined) here.children.push(cdata)
    else if (plain !== undefined) here.children.push(unescapeXml(plain))
    else if (end !== undefined) {
      if (open.length < 2 || here.name !== end) throw new Error(`not well-formed at </${end}>`)
      open.pop()
    } else if (start !== undefined) {
      const attrs: Record<string, string> = Object.create(null)
      for (const [, key = '', double, single] of attributes.matchAll(attribute))
        attrs[key] = unescapeXml(double ?? single ?? '')
      const made = { name: start, xmlns: attrs.xmlns ?? here.xmlns, attrs, children: [] }
      here.children.push(made)
      if (!empty) open.push(made)
    }
  }
  const found = root.children.find((child) => typeof child !== 'string')
  if (open.length !== 1 || found === undefined) throw new Error('not one well-formed element')
  return found
}

/** Text for between tags or inside a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(
    /[<>&"']/g,
    (sign) => `&${sign === '<' ? 'lt' : sign === '>' ? 'gt' : sign === '&' ? 'amp' : sign === '"' ? 'quot' : 'apos'};`,
  )
}

/** The first child element of that name, in that namespace if one is given. */
export function childOf(element: Element | undefined, name: string, xmlns?: string): Element | undefined {
  return childrenOf(element, name, xmlns)[0]
}

/** All child elements; of that name and namespace if given. */
export function childrenOf(element: Element | undefined, name?: string, xmlns?: string): Element[] {
  const elements = (element?.children ?? []).filter((child) => typeof child !== 'string')
  return elements.filter(
    (child) => (name === undefined || child.name === name) && (xmlns === undefined || child.xmlns === xmlns),
  )
}

/** The text directly inside an element; empty when there is none. */
export function textOf(element: Element | undefined): string {
  return (element?.children ?? []).filter((child) => typeof child === 'string').join('')
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name[0] !== '#') return entities[name] ?? whole
    return String.fromCodePoint(name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1)))
  })
}
