// The peer that runs in the data directory, for commands that take any peer when none is named:
// what it listens on is asked of itself.

import { networkInterfaces } from "node:os";
import { ANY_ADDRESS, ANY_ADDRESSES } from "../../net/listener.ts";
import type { PeerAddress } from "../../peer/connections/peer-address.ts";
import { SilentPeerError } from "../../peer/operator/operator-socket.ts";
import { SystemFailure } from "../system-failure.ts";
import { type OwnStatus, runningStatus } from "./operator.ts";

/**
 * Null when none runs there, or when nobody has said that this data directory is meant and it is
 * another user's. Whoever hangs is no reason to turn to another. @throws SilentPeerError
 */
async function answeringPeer(dataDir: string | undefined): Promise<OwnStatus | null> {
  try {
    return await runningStatus(dataDir);
  } catch (error) {
    if (dataDir === undefined && error instanceof SystemFailure) return null;
    throw error;
  }
}

/** As `answeringPeer`, and null for one that hangs. */
export async function ownPeer(dataDir: string | undefined): Promise<OwnStatus | null> {
  try {
    return await answeringPeer(dataDir);
  } catch (error) {
    if (error instanceof SilentPeerError) return null;
    throw error;
  }
}

const LOOPBACK = { IPv4: "127.0.0.1", IPv6: "::1" } as const;

/**
 * Where a program on this machine reaches a listening address. @param interfaces of the machine,
 * which may be one without IPv4
 */
export function localHost(host: string | undefined, interfaces = networkInterfaces()): string {
  if (host !== undefined && !ANY_ADDRESSES.includes(host)) return host;
  const addresses = Object.values(interfaces).flatMap((each) => each ?? []);
  const has = (family: "IPv4" | "IPv6") =>
    addresses.some(({ address }) => address === LOOPBACK[family]);
  const isOverIpv6 = host === ANY_ADDRESS && !has("IPv4") && has("IPv6");
  return LOOPBACK[isOverIpv6 ? "IPv6" : "IPv4"];
}

/** Address of its binary protocol, null when none runs. @throws SilentPeerError */
export async function ownAddress(dataDir: string | undefined): Promise<PeerAddress | null> {
  const { peerHost, peerPort } = (await answeringPeer(dataDir))?.process ?? {};
  return peerPort === undefined ? null : { host: localHost(peerHost), port: peerPort };
}

/** Address of its HTTP API, null when none runs. @throws SilentPeerError */
export async function ownApi(dataDir: string | undefined): Promise<string | null> {
  return (await answeringPeer(dataDir))?.process.api ?? null;
}
