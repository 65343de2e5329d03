/** What the browser says of the network and of the page; implemented by platform/network.ts. */
export interface Network {
  /** False: surely offline. True proves nothing: the network may still lead nowhere. */
  isOnline(): boolean
  /** The page can be seen by the person. */
  isVisible(): boolean
  /** fn runs after each change of either; the answer ends it. */
  onChange(fn: () => void): () => void
}
