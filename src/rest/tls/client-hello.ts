// What a TLS client says first (RFC 8446 §4.1.2): as much of it as tells which listener it is for.

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
/** Longest record (RFC 8446 §5.1); a hello in several is taken for any other client's. */
const RECORD_MAX = 16_384;
/** Behind type, length, version and random. */
const SESSION_AT = 4 + 2 + 32;
const SERVER_NAME = 0;
const PROTOCOLS = 16;

export interface ClientHello {
  /** The host that is meant, in lower case; null when none is named. */
  readonly serverName: string | null;
  /** Names of the protocols offered by ALPN (RFC 7301). */
  readonly protocols: readonly string[];
}

/** Of what is no hello, or a broken one: whoever speaks TLS may judge it. */
const NOTHING: ClientHello = { serverName: null, protocols: [] };

/** The first record of a connection; null while it is not whole. */
export function readClientHello(received: Uint8Array): ClientHello | null {
  if (received.length > 0 && received[0] !== HANDSHAKE) return NOTHING;
  if (received.length < RECORD_HEADER) return null;
  const view = new DataView(received.buffer, received.byteOffset, received.byteLength);
  const length = view.getUint16(3);
  if (length > RECORD_MAX) return NOTHING;
  if (received.length < RECORD_HEADER + length) return null;
  try {
    return helloIn(received.subarray(RECORD_HEADER, RECORD_HEADER + length));
  } catch (error) {
    if (error instanceof RangeError) return NOTHING;
    throw error;
  }
}

/** Reads on in bytes. @throws RangeError beyond their end */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  byte(): number {
    return this.#view.getUint8(this.#at++);
  }
  short(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2);
  }
  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a field is longer than what holds it");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** @throws RangeError when it is broken */
function helloIn(bytes: Uint8Array): ClientHello {
  if (bytes[0] !== CLIENT_HELLO) return NOTHING;
  const fields = new Fields(bytes, SESSION_AT);
  fields.bytes(fields.byte());
  fields.bytes(fields.short());
  fields.bytes(fields.byte());
  let serverName: string | null = null;
  let protocols: string[] = [];
  if (fields.isAtEnd) return NOTHING;
  const extensions = new Fields(fields.bytes(fields.short()));
  while (!extensions.isAtEnd) {
    const type = extensions.short();
    const body = extensions.bytes(extensions.short());
    if (type === SERVER_NAME) serverName = serverNameIn(body);
    if (type === PROTOCOLS) protocols = protocolsIn(body);
  }
  return { serverName, protocols };
}

/** RFC 6066 §3: a list, of which the kind 0 is a host's name. */
function serverNameIn(body: Uint8Array): string | null {
  const fields = new Fields(body);
  const names = new Fields(fields.bytes(fields.short()));
  while (!names.isAtEnd) {
    const kind = names.byte();
    const name = names.bytes(names.short());
    if (kind === 0) return textOf(name).toLowerCase();
  }
  return null;
}

function protocolsIn(body: Uint8Array): string[] {
  const fields = new Fields(body);
  const names = new Fields(fields.bytes(fields.short()));
  const protocols: string[] = [];
  while (!names.isAtEnd) protocols.push(textOf(names.bytes(names.byte())));
  return protocols;
}
