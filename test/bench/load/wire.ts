// A connection that sends prepared HTTP requests and reads the answers, one at a time, for little
// of the processor: the server beside it is what is measured.

const HEAD_END = "\r\n\r\n";
const LENGTH = /\r\ncontent-length: *(\d+)/i;

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

export class Wire {
  #socket: Bun.Socket | null = null;
  #text = "";
  #resolve: ((answer: WireAnswer) => void) | null = null;
  #reject: ((error: Error) => void) | null = null;

  static async open(port: number): Promise<Wire> {
    const wire = new Wire();
    const lost = () => wire.#reject?.(new Error("the server has closed the connection"));
    wire.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        // Latin-1 counts bytes as characters, as Content-Length does.
        data: (_socket, bytes) => wire.#read(bytes.toString("latin1")),
        close: lost,
        error: lost,
      },
    });
    return wire;
  }

  /** Sends a whole request. */
  ask(request: string): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket?.write(request);
    });
  }

  close(): void {
    this.#reject = null;
    this.#socket?.end();
  }

  #read(text: string): void {
    this.#text += text;
    const headEnd = this.#text.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = Number(LENGTH.exec(this.#text)?.[1] ?? "0");
    const end = headEnd + HEAD_END.length + length;
    if (this.#text.length < end) return;
    const body = this.#text.slice(headEnd + HEAD_END.length, end);
    const status = Number(this.#text.slice(9, 12));
    this.#text = this.#text.slice(end);
    this.#resolve?.({ status, body });
  }
}

/** A POST of JSON as it goes over the wire. */
export function postText(path: string, body: string): string {
  const head = `POST /api/v1/${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json`;
  return `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
