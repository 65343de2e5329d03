/**
 * Keys of the catalogues and the values each message needs.
 * Written by tools/catalogue-keys.mjs from en.json: change that file, then run the tool.
 */
import type english from './en.json'

export type MessageKey = keyof typeof english

/** Only messages that need values are named. */
export interface MessageValues {
  readonly 'signin.addressHint': { readonly example: string }
  readonly 'signin.addressDomain': { readonly domain: string }
  readonly 'signin.addressLocked': { readonly domain: string }
  readonly 'signin.againText': { readonly address: string }
  readonly 'stopped.title': { readonly name: string }
  readonly 'address.illegal-character': { readonly character: string }
  readonly 'connection.catchingUpCount': { readonly count: number }
  readonly 'connection.waiting': { readonly seconds: number }
  readonly 'list.noMatch': { readonly query: string }
  readonly 'list.unread': { readonly count: number }
  readonly 'new.hint': { readonly example: string }
  readonly 'request.title': { readonly name: string }
  readonly 'request.accepted': { readonly name: string }
  readonly 'request.declined': { readonly name: string }
  readonly 'contact.removeTitle': { readonly name: string }
  readonly 'conversation.label': { readonly name: string }
  readonly 'settings.languageSystem': { readonly language: string }
  readonly 'settings.storageUsed': { readonly used: string }
  readonly 'settings.storageOf': { readonly used: string; readonly limit: string }
  readonly 'settings.signOutTitle': { readonly address: string }
  readonly 'settings.logText': { readonly name: string }
  readonly 'settings.version': { readonly version: string }
  readonly 'settings.aboutText': { readonly name: string }
  readonly 'config.wrongKind': { readonly expected: string }
  readonly 'config.badValue': { readonly expected: string }
  readonly 'config.expected': { readonly key: string }
  readonly 'timeline.toLatestCount': { readonly count: number }
  readonly 'timeline.announce': { readonly name: string; readonly text: string }
  readonly 'timeline.announceMany': { readonly count: number }
  readonly 'composer.label': { readonly name: string }
  readonly 'composer.tooLong': { readonly size: string }
}

/** What follows the key in a call: the values, or nothing. */
export type MessageArguments<Key extends MessageKey> = Key extends keyof MessageValues
  ? [values: MessageValues[Key]]
  : []
