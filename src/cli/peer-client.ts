// A command's connection to a peer, its own or any other, by the binary protocol.

import { toHex } from "../crypto/hex.ts";
import { bytesOfKey } from "../crypto/sha3.ts";
import type { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import type { SignedData } from "../data/signed.ts";
import { OWN_BUFFER_BYTES, SHARED_READ_BYTES, SHARED_WRITE_BYTES } from "../net/bounds.ts";
import { dialTcp } from "../net/dial.ts";
import { queryRequest, transactRequest } from "../net/message.ts";
import type { Reply } from "../net/reply.ts";
import { SharedBuffer } from "../net/shared-buffer.ts";
import { ClientConnections } from "../peer/client-connections.ts";
import { SYSTEM_CLOCK } from "../peer/clock.ts";
import { Neighbour, type RemoteStatus } from "../peer/neighbour.ts";
import { DEFAULT_PEER_PORT, type PeerAddress } from "../peer/peer-address.ts";
import { CommandError, EXIT } from "./failure.ts";
import { parsePort } from "./flags.ts";

export const hostFlags = {
  host: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "HOST",
    brief: "Peer to ask",
  },
  port: {
    kind: "parsed",
    parse: parsePort,
    optional: true,
    placeholder: "N",
    brief: `Its port (default: ${DEFAULT_PEER_PORT})`,
  },
} as const;

export interface HostFlags {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** The peer that flags mean; this machine's when they name none. */
export function hostOf({ host = "127.0.0.1", port = DEFAULT_PEER_PORT }: HostFlags): PeerAddress {
  return { host, port };
}

export class PeerClient {
  readonly #connections = new ClientConnections(SYSTEM_CLOCK);
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

  /** @throws NoReplyError, CommandError */
  async status(): Promise<RemoteStatus> {
    const status = await this.#neighbour.askStatus();
    if (status !== null) return status;
    throw new CommandError(EXIT.UNAVAILABLE, "What answers there is no Convex peer");
  }

  /** The value of a form. @throws NoReplyError, CommandError with the peer's words */
  async query(form: Value, address: Address | null = null): Promise<Value> {
    const { connection } = this.#neighbour;
    return resultOf(await connection.request((id) => queryRequest(id, form, address)));
  }

  /** The value of a transaction at finality. @throws NoReplyError, CommandError */
  async transact(signed: SignedData, timeoutMs: number): Promise<Value> {
    const { connection } = this.#neighbour;
    return resultOf(await connection.request((id) => transactRequest(id, signed), timeoutMs));
  }

  close(): void {
    this.#connections.close("the command is done");
  }
}

function resultOf(reply: Reply): Value {
  const { errorCode, value } = reply;
  if (errorCode === null) return value;
  throw new CommandError(EXIT.DATAERR, `The peer answers :${errorCode} ${String(value)}`);
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
