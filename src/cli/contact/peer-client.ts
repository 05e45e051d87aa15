// A command's connection to a peer, its own or any other, by the binary protocol.

import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import type { Address } from "../../data/address.ts";
import { type Integer, MissingDataError, type Value } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { isInteger } from "../../data/integer.ts";
import type { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { OWN_BUFFER_BYTES, SHARED_READ_BYTES, SHARED_WRITE_BYTES } from "../../net/bounds.ts";
import { DialError, dialTcp } from "../../net/dial.ts";
import { queryRequest, transactRequest } from "../../net/message.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import type { Reply } from "../../net/reply.ts";
import { SharedBuffer } from "../../net/shared-buffer.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { ClientConnections } from "../../peer/connections/client-connections.ts";
import { Neighbour, type RemoteStatus } from "../../peer/connections/neighbour.ts";
import {
  addressText,
  DEFAULT_PEER_PORT,
  type PeerAddress,
  parseNamedHost,
} from "../../peer/connections/peer-address.ts";
import { Result } from "../../state/result.ts";
import { CommandError, EXIT } from "../failure.ts";
import { LOOPBACK, parseFilled, parsePort } from "../flags.ts";
import { requireSuccess } from "../transactions/result-output.ts";
import { ownAddress } from "./own-peer.ts";

export const hostFlags = {
  host: {
    kind: "parsed",
    parse: parseFilled,
    optional: true,
    placeholder: "HOST",
    brief: "Peer to ask (default: the one that runs here)",
  },
  port: {
    kind: "parsed",
    parse: parsePort,
    optional: true,
    placeholder: "N",
    brief: `Its port (default: that of the peer which runs here, or ${DEFAULT_PEER_PORT})`,
  },
  via: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "HOST:PORT",
    brief: "Any other peer to go through, while one's own is down",
  },
} as const;

export interface HostFlags {
  readonly dataDir?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly via?: string | undefined;
}

/**
 * The peer that flags mean; when they name none, the one that runs in the data directory, or
 * whoever listens on this machine.
 * @throws CommandError
 */
export async function hostOf({ host, port, via, dataDir }: HostFlags): Promise<PeerAddress> {
  if (via === undefined) {
    const isNamed = host !== undefined || port !== undefined;
    const own = isNamed ? null : await ownAddress(dataDir);
    return own ?? { host: host ?? LOOPBACK, port: port ?? DEFAULT_PEER_PORT };
  }
  if (host !== undefined || port !== undefined) {
    throw new CommandError(EXIT.USAGE, "Give --via, or --host and --port, not both");
  }
  const address = parseNamedHost(via);
  if (address !== null) return address;
  throw new CommandError(EXIT.USAGE, `--via takes HOST:PORT, found '${via}'`);
}

/** Something answers, and not as a peer does. @param answer what came instead, or was missing */
export function noPeer(answer: string): CommandError {
  return new CommandError(EXIT.UNAVAILABLE, `What answers there is no Convex peer: ${answer}`);
}

/** A number of an answer that must be one: 0 in its place would be taken for the truth. */
export function answeredInteger(value: Value): Integer {
  if (isInteger(value)) return value;
  throw noPeer("no number where one must be");
}

/** An answer that must be a Vector of so many elements, null for nil. @throws CommandError */
export function answeredVector(value: Value, count: number): Vector | null {
  if (value === null || (value instanceof Vector && value.count === count)) return value;
  throw noPeer(`no Vector of ${count} where one must be`);
}

export class PeerClient {
  readonly #connections: ClientConnections;
  readonly #neighbour: Neighbour;

  private constructor(neighbour: Neighbour, connections: ClientConnections) {
    this.#neighbour = neighbour;
    this.#connections = connections;
  }

  /** @throws DialError */
  static async connect(address: PeerAddress): Promise<PeerClient> {
    const memory = {
      reading: new SharedBuffer(SHARED_READ_BYTES, OWN_BUFFER_BYTES),
      writing: new SharedBuffer(SHARED_WRITE_BYTES, OWN_BUFFER_BYTES),
    };
    const link = await dialTcp(address.host, address.port, { clock: SYSTEM_CLOCK, memory });
    const connections = new ClientConnections(SYSTEM_CLOCK);
    const origin = { direction: "outgoing", isNamed: true, address } as const;
    return new PeerClient(new Neighbour(connections.attach(link), origin), connections);
  }

  /** Where the peer is, as `--via` takes it. */
  get address(): string {
    return addressText(this.#neighbour.origin.address as PeerAddress);
  }

  /** @throws CommandError */
  async status(): Promise<RemoteStatus> {
    const status = await this.#answered(() => this.#neighbour.askStatus());
    if (status !== null) return status;
    throw noPeer("no status");
  }

  /** The Result of a form or transaction, detached, be it an error. @throws CommandError */
  async ask(form: Value, address: Address | null = null, timeoutMs?: number): Promise<Result> {
    const { connection } = this.#neighbour;
    const build = (id: number) => queryRequest(id, form, address);
    return resultOf(await this.#answered(() => connection.request(build, timeoutMs)));
  }

  /** Says of whom nothing was heard. @throws CommandError */
  async #answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
      const { address } = this.#neighbour.origin;
      const fix = "is it the port of a Convex peer? Try another one with --via";
      const words = `${addressText(address)} does not answer (${error.message}): ${fix}`;
      throw new CommandError(EXIT.UNAVAILABLE, words);
    }
  }

  /** The value of a form. @throws CommandError with the peer's words */
  async query(form: Value, address: Address | null = null): Promise<Value> {
    const result = await this.ask(form, address);
    requireSuccess(result);
    return result.result;
  }

  /** The Result of a transaction at finality, be it an error. @throws NoReplyError, CommandError */
  async submit(signed: SignedData, timeoutMs: number): Promise<Result> {
    const { connection } = this.#neighbour;
    return resultOf(await connection.request((id) => transactRequest(id, signed), timeoutMs));
  }

  close(): void {
    this.#connections.close("the command is done");
  }
}

/** @throws CommandError when the reply is something else, or incomplete */
function resultOf(reply: Reply): Result {
  try {
    if (reply.result instanceof Result) return reply.result;
  } catch (error) {
    if (!(error instanceof BadFormatError || error instanceof MissingDataError)) throw error;
  }
  throw noPeer("no Result");
}

/** Who has named no peer is told how to come by one. */
async function connected(flags: HostFlags): Promise<PeerClient> {
  const isNamed = [flags.host, flags.port, flags.via].some((flag) => flag !== undefined);
  try {
    return await PeerClient.connect(await hostOf(flags));
  } catch (error) {
    if (isNamed || !(error instanceof DialError)) throw error;
    const fix = "`convex-peer start` or `local` runs one, --via HOST:PORT names another";
    throw new CommandError(
      EXIT.UNAVAILABLE,
      `No peer runs here or at ${LOOPBACK}:${DEFAULT_PEER_PORT}: ${fix}`,
    );
  }
}

/** Runs a command's work on a connection that is closed when it ends. @throws DialError */
export async function withPeer<T>(
  flags: HostFlags,
  work: (client: PeerClient) => Promise<T>,
): Promise<T> {
  const client = await connected(flags);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** A status for people and scripts. */
export function statusFacts(status: RemoteStatus) {
  const hex = (key: string) => toHex(bytesOfKey(key));
  return {
    peer: hex(status.peer),
    genesis: hex(status.genesis),
    state: hex(status.state),
    belief: hex(status.belief),
    points: status.points,
  };
}
