// Memory that many links share for what they buffer. Each has a little of its own; beyond that they
// draw on a common amount. When that is used up, the link that holds most of it is closed, links to
// strangers before trusted ones: who fills buffers loses its own connection, and not that of
// others.

/** A link as the holder of buffered bytes. */
export interface BufferHolder {
  readonly isTrusted: boolean;
  /** Closes the link, which gives its bytes back. */
  evict(): void;
}

/** `limitBytes` is the common amount, `ownBytes` what each link has of its own. */
export class SharedBuffer {
  readonly #limitBytes: number;
  readonly #ownBytes: number;
  /** Bytes beyond their own, by holder. */
  readonly #shares = new Map<BufferHolder, number>();
  #used = 0;

  constructor(limitBytes: number, ownBytes: number) {
    this.#limitBytes = limitBytes;
    this.#ownBytes = ownBytes;
  }

  /** Bytes that holders have beyond their own. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Notes how much a holder buffers now; may evict holders, this one among them. */
  hold(holder: BufferHolder, bytes: number): void {
    const share = Math.max(0, bytes - this.#ownBytes);
    const before = this.#shares.get(holder) ?? 0;
    if (share === before) return;
    if (share === 0) this.#shares.delete(holder);
    else this.#shares.set(holder, share);
    this.#used += share - before;
    while (this.#used > this.#limitBytes) this.#evictLargest();
  }

  release(holder: BufferHolder): void {
    this.#used -= this.#shares.get(holder) ?? 0;
    this.#shares.delete(holder);
  }

  #evictLargest(): void {
    let victim: Share | null = null;
    for (const [holder, bytes] of this.#shares) {
      const share = { holder, bytes };
      if (victim === null || goesBefore(share, victim)) victim = share;
    }
    if (victim === null) throw new Error("buffered bytes without a holder");
    this.release(victim.holder);
    victim.holder.evict();
  }
}

interface Share {
  readonly holder: BufferHolder;
  readonly bytes: number;
}

/** Strangers go before the trusted, of both the one with more bytes first. */
function goesBefore(a: Share, b: Share): boolean {
  if (a.holder.isTrusted !== b.holder.isTrusted) return b.holder.isTrusted;
  return a.bytes > b.bytes;
}
