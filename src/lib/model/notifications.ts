/** What the engine may ask of the system's notifications; implemented by platform/notifications.ts. */
export interface SystemNotice {
  /** A new notice with the same tag replaces the old one: one a conversation. */
  readonly tag: string
  readonly title: string
  readonly body: string
  /** Where a click leads: the hash route of the conversation. */
  readonly hash: string
  /** Replaces without a sound. */
  readonly isSilent: boolean
}

export interface Notifications {
  /** `unsupported`: this browser has none, here. */
  permission(): 'granted' | 'denied' | 'default' | 'unsupported'
  /** Must be called from a click. Answers as `permission` does. */
  ask(): Promise<'granted' | 'denied' | 'default' | 'unsupported'>
  /** Does nothing without permission. */
  show(notice: SystemNotice): Promise<void>
  close(tag: string): Promise<void>
  /** fn hears the hash route of a notice that was clicked while this page was open. */
  onOpen(fn: (hash: string) => void): () => void
}
