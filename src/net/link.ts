// What carries messages between two peers, or a client and a peer: TCP, WebSocket, or the network
// of a simulation. Messages are payloads (sheet 04 §5); how they are framed is the link's own
// affair. Reading is by pull: a link whose messages nobody takes stops reading by itself, and the
// sender feels it.

/** Time as links and connections see it; the peer's Clock is one. */
export interface LinkClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs the task when the events at hand have been handled. */
  soon(task: () => void): void;
  /** Runs the task after a delay in milliseconds; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The other end. */
export interface RemoteAddress {
  /** IP address as text, without brackets; IPv4 addresses in their own form. */
  readonly host: string;
  readonly port: number;
}

/** Told by a link of what happens to it. */
export interface LinkHandler {
  /** `receive` may have something. Told again only after it had nothing. */
  readable(): void;
  /** What was queued for sending has shrunk to half of what is too much. */
  drained(): void;
  /** The link has closed, by either side; told once, and nothing after it. */
  closed(reason: string): void;
}

export interface Link {
  readonly remote: RemoteAddress;
  readonly isOpen: boolean;
  /** Bytes taken for sending that have not left yet. */
  readonly queuedBytes: number;
  /**
   * Whether the other end is known and wanted (dialled, or proved its key): when memory runs short,
   * links to strangers go first. Set by whoever knows.
   */
  isTrusted: boolean;
  /** Has the handler told from now on; before, nothing is read. */
  open(handler: LinkHandler): void;
  /** The payload of the next message that has come, null when there is none. */
  receive(): Uint8Array | null;
  /**
   * Takes a payload for sending. False, and not taken, when the link is closed or its queue is
   * full.
   */
  send(payload: Uint8Array): boolean;
  /** Sends what still goes out at once, and closes. Harmless on a closed link. */
  close(reason: string): void;
  /**
   * Closes the link when a message has been coming in, or going out, too slowly. Called every
   * second.
   */
  check(nowMs: number): void;
}
