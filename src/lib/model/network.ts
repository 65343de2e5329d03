/** What the browser says of the network and of the page; implemented by platform/network.ts. */
export interface Network {
  /** False: surely offline. True proves nothing: the network may still lead nowhere. */
  isOnline(): boolean
  /** The page can be seen by the person. */
  isVisible(): boolean
  /** The browser put the page to sleep, or does so now: whoever depends on it waits until it wakes. */
  isFrozen(): boolean
  /** fn runs after each change of any of them; the answer ends it. */
  onChange(fn: () => void): () => void
}
