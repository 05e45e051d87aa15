// Memory that many links share for what they buffer. Each has a little of its own; beyond that they
// draw on a common amount, and when it is used up the link that holds most of it is closed,
// strangers before the trusted: whoever fills buffers loses its own connection, and not that of
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
    let victim: BufferHolder | null = null;
    let most = 0;
    for (const [holder, share] of this.#shares) {
      const isWorse = victim !== null && victim.isTrusted !== holder.isTrusted;
      if (victim === null || (isWorse ? victim.isTrusted : share > most)) {
        victim = holder;
        most = share;
      }
    }
    if (victim === null) throw new Error("buffered bytes without a holder");
    this.release(victim);
    victim.evict();
  }
}
