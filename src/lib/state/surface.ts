/**
 * What the interface may ask of state, as types: each is implemented by the class of the same word in this layer.
 * Fields are reactive (runes); methods never throw: what fails is a Failure in a field or a result.
 */
import type { MessageArguments, MessageKey } from '#i18n/keys.ts'
import type { ConfigProblem } from '#model/config.ts'
import type { Contact, PresenceOfContact, SubscriptionRequest } from '#model/contact.ts'
import type { BareJid } from '#model/jid.ts'
import type { Failure } from '#model/failure.ts'
import type { Conversation } from '#model/conversation.ts'
import type { ConversationId, LocalId, Message } from '#model/message.ts'

export type Language = 'en' | 'bg' | 'ar'
export type Theme = 'system' | 'light' | 'dark' | 'contrast'

/** What a call of ours came to. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly failure: Failure }

/** Why a typed address is refused, for `address.<why>` in the catalogues. */
export type AddressProblem =
  'empty' | 'no-domain' | 'illegal-character' | 'too-long' | 'has-resource' | 'bad-domain' | 'own'

export type ConnectionPhase =
  /** nothing is tried: signed out, or the person must decide (`failure` says why) */
  | 'stopped'
  /** the socket opens or the stream is negotiated */
  | 'connecting'
  /** a try failed or the network is away; next try at `retryAt` */
  | 'waiting'
  /** signed in; the archive is being read */
  | 'catching-up'
  | 'online'

export interface Connection {
  readonly phase: ConnectionPhase
  /** Why we wait or stopped. */
  readonly failure: Failure | null
  /** Clock.now() ms of the next try; null: no timer runs (offline, or stopped). */
  readonly retryAt: number | null
  /** The endpoint tried, for an honest sentence with a link to open it. */
  readonly endpoint: string | null
}

/** Long work under way: progress only grows. total null: not known. */
export interface Progress {
  readonly what: 'archive' | 'upgrade'
  readonly done: number
  readonly total: number | null
}

export interface SignInInput {
  readonly address: string
  readonly password: string
  /** Typed by hand; empty: find it. */
  readonly endpoint: string
  /** "This is a public computer": nothing is kept on disk. */
  readonly isPublic: boolean
}

export interface SessionSurface {
  readonly phase: 'starting' | 'signed-out' | 'signing-in' | 'open' | 'leaving' | 'stopped'
  /** stopped: why nothing can run here (newer schema, blocked upgrade, storage refused). */
  readonly stopped: Failure | null
  readonly account: { readonly jid: BareJid; readonly isPublic: boolean } | null
  readonly connection: Connection
  readonly progress: Progress | null
  /** A write failed: nothing is acknowledged, outgoing text is kept. null: all is well. */
  readonly storageFailure: Failure | null
  /** The last sign-in try. needsEndpoint: discovery found nothing, so show the endpoint field. */
  readonly signInFailure: Failure | null
  readonly needsEndpoint: boolean
  /** Somebody was signed in here before: the chat will be needed next. */
  readonly isReturning: boolean
  /** Defaults from config.json: domain for addresses without one, whether it is locked, product name. */
  readonly defaults: { readonly domain: string; readonly isDomainLocked: boolean; readonly name: string }
  /** Set after sign-out where the browser could not erase everything at once. */
  readonly leftover: 'none' | 'until-restart'
  checkAddress(text: string): { ok: true; jid: BareJid } | { ok: false; why: AddressProblem; character?: string }
  signIn(input: SignInInput): Promise<void>
  cancelSignIn(): void
  tryNow(): void
  /** The server wants the password again (`connection.failure` is wrong-password or password-needed). */
  giveAgain(password: string): void
  signOut(): Promise<void>
}

/** One line of the list. */
export interface ConversationItem extends Conversation {
  /** Roster name, else local part, else the address. */
  readonly name: string
  readonly contact: Contact | null
  readonly presence: PresenceOfContact
}

export interface ConversationsSurface {
  readonly isLoaded: boolean
  /** Newest first; filtered by `filter` and `query`. */
  readonly items: readonly ConversationItem[]
  filter: 'all' | 'unread'
  query: string
  readonly totalUnread: number
  item(id: ConversationId): ConversationItem | null
  /** Opens or makes the conversation with a typed address. */
  openAddress(
    text: string,
  ): Promise<
    | { ok: true; id: ConversationId }
    | { ok: false; why: AddressProblem; character?: string }
    | { ok: false; failure: Failure }
  >
  /** The neighbour in the list, for Alt+Up/Down. */
  neighbour(id: ConversationId | null, step: 1 | -1): ConversationId | null
}

/** A hole in what we have of this conversation's archive, between two messages. */
export interface GapRow {
  readonly kind: 'gap'
  readonly key: string
  readonly isLoading: boolean
}

export interface MessageRow {
  readonly kind: 'message'
  /** `localId` as text: stable as long as the message exists. */
  readonly key: string
  readonly message: Message
}

export type TimelineRow = MessageRow | GapRow

export interface TimelineSurface {
  readonly conversation: ConversationId
  readonly isLoaded: boolean
  /** A screenful at first, then 150 to 300 rows, oldest first: a window on the stored conversation; pending messages last. */
  readonly rows: readonly TimelineRow[]
  /** Older rows exist, stored or in the archive. */
  readonly hasOlder: boolean
  /** The window does not reach the newest message. */
  readonly hasNewer: boolean
  readonly isLoadingOlder: boolean
  /** Why older messages could not be fetched; null: no problem. */
  readonly olderFailure: Failure | null
  /** Honest line at the top: the server keeps no archive, so older messages of other devices cannot be fetched. */
  readonly archiveState: 'unknown' | 'available' | 'none' | 'off'
  /** First unread message when the conversation was opened; the divider stays while reading. */
  readonly unreadFrom: LocalId | null
  /** Unread messages right now (for the jump button). */
  readonly unread: number
  /** The first rows are on screen: the window grows to its usual size. */
  widen(): Promise<void>
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  /** Puts the window at the newest message. */
  toLatest(): Promise<void>
  fillGap(key: string): Promise<void>
  /**
   * Whether the newest message is in sight on this page: a full window then follows the end, else it keeps what is read
   * further up. Whether somebody sees it, attention decides. Cheap, may be called often.
   */
  shows(isAtEnd: boolean): void
  retry(localId: LocalId): Promise<Outcome>
  discard(localId: LocalId): Promise<Outcome>
}

export interface ComposerSurface {
  /** Bound to the text field; saved as a draft at most every second. */
  text: string
  readonly isSending: boolean
  readonly failure: Failure | null
  /** UTF-8 bytes over the limit of one message; 0: fits. */
  readonly tooLongBy: number
  send(): Promise<void>
  /** Sends a text that is too long in parts, split at line or word borders. */
  sendInParts(): Promise<void>
  /** Writes a pending draft at once (blur, hidden page, before an update). */
  flush(): Promise<void>
}

export interface RosterSurface {
  readonly contacts: readonly Contact[]
  readonly requests: readonly SubscriptionRequest[]
  contact(jid: BareJid): Contact | null
  presence(jid: BareJid): PresenceOfContact
  /** Roster set plus subscription request. */
  add(jid: BareJid, name: string): Promise<Outcome>
  rename(jid: BareJid, name: string): Promise<Outcome>
  remove(jid: BareJid): Promise<Outcome>
  accept(jid: BareJid): Promise<Outcome>
  decline(jid: BareJid): Promise<Outcome>
}

export interface SettingSurface {
  readonly language: Language
  readonly languageChoice: Language | 'system'
  readonly direction: 'ltr' | 'rtl'
  readonly theme: Theme
  readonly enterSends: boolean
  readonly sendReceipts: boolean
  readonly sendDisplayed: boolean
  /** Bytes used by this site and the browser's limit; null: not known. */
  readonly usage: { readonly used: number; readonly limit: number } | null
  readonly isPersistent: boolean | null
  readonly version: string
  /** Why what was chosen last could not be stored; it holds in this tab, and is tried again. null: it is stored. */
  readonly failure: Failure | null
  /** What the operator should mend in config.json; each key in it has its default meanwhile. */
  readonly configProblems: readonly ConfigProblem[]
  /** Width of the conversation list in CSS px, remembered on this device. */
  readonly listWidth: number
  setLanguage(choice: Language | 'system'): Promise<void>
  setTheme(theme: Theme): void
  setEnterSends(value: boolean): Promise<void>
  setSendReceipts(value: boolean): Promise<void>
  setSendDisplayed(value: boolean): Promise<void>
  /** Kept between 280 and 420. */
  setListWidth(width: number): void
  refreshUsage(): Promise<void>
  askPersistence(): Promise<void>
}

/** Translated text; `t` is reactive on the language. Keys are typed by the generated catalogue type. */
export interface TextSurface {
  readonly language: Language
  t<Key extends MessageKey>(key: Key, ...values: MessageArguments<Key>): string
  time(at: number): string
  /** "Today", "Yesterday", weekday or date. */
  day(at: number): string
  /** Date and time in full, for details. */
  full(at: number): string
  /** Short stamp for the list: time today, weekday this week, else date. */
  brief(at: number): string
  bytes(count: number): string
  /** The sentence for a failure: what happened, why, what to do. */
  failure(failure: Failure): string
}

export interface UpdateSurface {
  readonly isReady: boolean
  apply(): Promise<void>
}

/** What the screen reader is told; one polite region reads `latest`. */
export interface AnnouncerSurface {
  readonly latest: string
}

/** All of state, reached in components by state/context.ts. */
export interface AppSurface {
  readonly session: SessionSurface
  readonly conversations: ConversationsSurface
  readonly roster: RosterSurface
  readonly setting: SettingSurface
  readonly text: TextSurface
  readonly update: UpdateSurface
  readonly announcer: AnnouncerSurface
  /** The conversation on screen; the same objects as long as it stays open. null: none, or unknown id. */
  readonly open: {
    readonly item: ConversationItem
    readonly timeline: TimelineSurface
    readonly composer: ComposerSurface
  } | null
  openConversation(id: ConversationId | null): Promise<void>
  /** Hands the person a file of what went wrong in this tab; it holds no text and no address. */
  saveLog(): Promise<void>
}
