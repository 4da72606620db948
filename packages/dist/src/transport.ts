// A two-way stream of bytes with back-pressure: all that handshake and connection know of sockets.

export interface TransportListener {
  data(chunk: Uint8Array): void;
  /** What was written has left; more may be written. */
  drain(): void;
  /** Called once; the error is null when the other side ended in order. */
  closed(error: Error | null): void;
}

export interface Transport {
  /** Takes the place of the previous listener; learns at once when the stream is closed already. */
  listen(listener: TransportListener): void;
  /** False: wait for `drain` before writing much more. */
  write(bytes: Uint8Array): boolean;
  /** Stops and restarts the listener's `data`. */
  pause(): void;
  resume(): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes without sending what is left. */
  destroy(): void;
}
