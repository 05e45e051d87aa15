// What a child process says on a stream. A process that the child leaves behind may hold the stream
// open for ever: once the child has ended only what is there already is waited for.

/** How long what a child said last may be on its way once it has ended. */
const GRACE_MS = 500;

/** As much of a stream's reader as is used. */
interface ChunkReader {
  read(): Promise<{ readonly value?: Uint8Array | undefined; readonly done: boolean }>;
  cancel(): Promise<void>;
}

export class Said {
  /** All of it so far. */
  text = "";
  readonly #reader: ChunkReader;
  readonly #ended: Promise<void>;
  #wake = () => {};

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#ended = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done || value === undefined) break;
      this.text += decoder.decode(value, { stream: true });
      this.#wake();
    }
    this.#wake();
  }

  /**
   * What `found` makes of the text as soon as that is something; null when the stream has ended, or
   * whoever writes it, before.
   */
  async until<T>(found: (text: string) => T | null, exited: Promise<unknown>): Promise<T | null> {
    const over = Promise.race([this.#ended, exited.then(() => this.#rest())]).then(() => true);
    for (;;) {
      const wake = Promise.withResolvers<boolean>();
      this.#wake = () => wake.resolve(false);
      const what = found(this.text);
      if (what !== null) return what;
      if (await Promise.race([wake.promise, over])) return found(this.text);
    }
  }

  /** What was said by a child that has ended; nothing more is heard. */
  async whole(): Promise<string> {
    await this.#rest();
    await this.#reader.cancel();
    return this.text;
  }

  async #rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GRACE_MS);
    await Promise.race([this.#ended, promise]);
    clearTimeout(timer);
  }
}
