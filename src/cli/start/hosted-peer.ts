// A peer with its port: what other peers and binary clients talk to, without the HTTP API.

import { MAX_CLIENT_CONNECTIONS } from "../../net/bounds.ts";
import { dialTcp } from "../../net/dial.ts";
import { dialWhere } from "../../net/dial-where.ts";
import type { Link } from "../../net/link.ts";
import { Listener } from "../../net/listener.ts";
import { descriptorsMax } from "../../net/own-process.ts";
import { SYSTEM_CLOCK, steadyOf } from "../../peer/clock.ts";
import type { PeerAddress } from "../../peer/connections/peer-address.ts";
import { NetworkedPeer, type NetworkedPeerOptions } from "../../peer/networked-peer.ts";
import { LocalExecutor } from "../../peer/rounds/executor.ts";
import { AsideChecks, GatheredChecks } from "../../peer/signatures/signature-checks.ts";
import { PROFILE_0_8_5 } from "../../state/rules.ts";
import { signatureThread } from "./signature-thread.ts";

export interface HostedPeerOptions
  extends Omit<
    NetworkedPeerOptions,
    "dial" | "clock" | "random" | "executor" | "signatures" | "apiSignatures"
  > {
  /** Where other peers and binary clients connect; port 0 takes a free one. */
  readonly listen: PeerAddress;
}

export interface HostedPeer {
  readonly networked: NetworkedPeer;
  readonly listener: Listener;
}

/** For how long something takes, on links and in execution. */
const STEADY_CLOCK = steadyOf(SYSTEM_CLOCK);
type OnFault = HostedPeerOptions["onFault"];

let shared: AsideChecks | null = null;

/** All peers of a process have one thread for signatures; the first hears of its faults. */
function signatureChecks(onFault: OnFault): AsideChecks {
  shared ??= new AsideChecks(
    signatureThread(STEADY_CLOCK, (error) => onFault(error, "signatures")),
  );
  return shared;
}

/**
 * Starts to listen; `networked.start()` begins to connect to others.
 * @throws StoreError, PeerPortError: then nothing is served, and no peer reads the store
 */
export function hostPeer(options: HostedPeerOptions): HostedPeer {
  // First the port: a peer that was made has begun its network, and works on what its store holds.
  // Nobody is let in before this call has returned.
  const listener = new Listener({
    ...options.listen,
    clock: STEADY_CLOCK,
    get memory() {
      return networked.server.memory;
    },
    accept: (link) => networked.network.accept(link),
    makeRoom: () => networked.server.makeRoom(),
    // The others are for the store, the API and the operator.
    connectionsMax: Math.min(MAX_CLIENT_CONNECTIONS, Math.floor(descriptorsMax() / 2)),
  });
  const networked = networkedPeer(options, listener);
  return { networked, listener };
}

/** @throws StoreError: then the port is free again */
function networkedPeer(options: HostedPeerOptions, listener: Listener): NetworkedPeer {
  const checks = signatureChecks(options.onFault);
  try {
    const networked: NetworkedPeer = new NetworkedPeer({
      ...options,
      clock: SYSTEM_CLOCK,
      executor: new LocalExecutor(PROFILE_0_8_5, STEADY_CLOCK, checks),
      signatures: new GatheredChecks(STEADY_CLOCK, checks),
      apiSignatures: new GatheredChecks(STEADY_CLOCK, checks),
      dial: ({ host, port }, mayReach): Promise<Link> => {
        const dialling = { clock: STEADY_CLOCK, memory: networked.server.memory };
        if (mayReach === undefined) return dialTcp(host, port, dialling);
        return dialWhere(mayReach, host, port, dialling);
      },
    });
    return networked;
  } catch (error) {
    listener.stop();
    throw error;
  }
}

/** Intake stops, who waits is answered, then the connections close. The store stays open. */
export async function stopPeer({ networked, listener }: HostedPeer): Promise<void> {
  listener.stop();
  await networked.close();
}
