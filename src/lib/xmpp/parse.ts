/**
 * Reads one frame of the stream (RFC 7395 section 3.3: one frame, one element) into an element or into a reason to skip it.
 * Replaces stanza's parser, which takes attributes like `constructor` for duplicates and wedges on its own errors.
 * What to do after a failure (leave the stream, connect again) is left to the transport.
 */
import { Failed } from '#model/failure.ts'
import { attributeOf, nameOf, type XMLElement } from './element.ts'
import { readRootTag, readXml, XmlError } from './xml.ts'

/** Frames longer than this (in UTF-16 units) are skipped: nothing a person writes comes near. */
export const MAX_FRAME_LENGTH = 512 * 1024
/** The frame's root is at depth 1. */
export const MAX_DEPTH = 64

export type Frame =
  | { readonly kind: 'element'; readonly element: XMLElement }
  | {
      readonly kind: 'dropped'
      /** Local name of the root (`message`, `presence`, `iq`: these still count as handled in XEP-0198); empty if unknown. */
      readonly name: string
      /** The root's `id`: an answer we wait for can fail at once instead of timing out. */
      readonly id: string | null
      readonly why: 'too-deep' | 'too-large' | 'blank'
    }

/**
 * Reads one text frame.
 * Throws Failed('stream-invalid') for what no honest server sends: not well-formed, a DOCTYPE, a comment, a processing
 * instruction, an unknown entity (RFC 6120 section 11.1). Too deep, too large or blank is only dropped: a server that passes
 * such a stanza on would send it again after each reconnect, and the account could never be used.
 */
export function parseFrame(xml: string): Frame {
  if (xml.length > MAX_FRAME_LENGTH) return dropped('too-large', readRootTag(xml))
  if (xml.length < 16 && xml.trim() === '') return dropped('blank', null)
  try {
    return { kind: 'element', element: readXml(xml, { maxDepth: MAX_DEPTH }) }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    if (error.why === 'too-deep') return dropped('too-deep', error.root)
    throw new Failed('stream-invalid', 'wait', `${error.why}: ${error.message}`)
  }
}

function dropped(why: 'too-deep' | 'too-large' | 'blank', root: XMLElement | null): Frame {
  if (root === null) return { kind: 'dropped', name: '', id: null, why }
  return { kind: 'dropped', name: nameOf(root), id: attributeOf(root, 'id'), why }
}
