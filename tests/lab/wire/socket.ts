// A WebSocket without a network: what one end sends, the other hears in the next microtask, frame by frame, in order.

/** The server's end. */
export interface Far {
  /** One text frame. */
  text(xml: string): void
  /** A frame that is no text. */
  binary(bytes: Uint8Array): void
  /** The socket ends, as after a cut or a close frame. */
  close(): void
  isOpen(): boolean
}

export interface Listener {
  opened(far: Far): void
  heard(frame: string): void
  closed(): void
}

/** As much of a browser's WebSocket as the product touches. */
export class FakeSocket {
  readyState: 0 | 1 | 2 | 3 = 0
  readonly protocol = 'xmpp'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  readonly #listener: Listener

  constructor(listener: Listener) {
    this.#listener = listener
    const far: Far = {
      text: (xml) => this.#arrive(xml),
      binary: (bytes) => this.#arrive(bytes.buffer),
      close: () => this.#end(),
      isOpen: () => this.readyState === 1,
    }
    queueMicrotask(() => {
      if (this.readyState !== 0) return
      this.readyState = 1
      listener.opened(far)
      this.onopen?.()
    })
  }

  send(frame: string): void {
    if (this.readyState === 1) queueMicrotask(() => this.readyState === 1 && this.#listener.heard(frame))
  }

  close(): void {
    this.#end()
  }

  #arrive(data: unknown): void {
    if (this.readyState === 1) queueMicrotask(() => this.readyState === 1 && this.onmessage?.({ data }))
  }

  #end(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#listener.closed()
    queueMicrotask(() => this.onclose?.())
  }
}
