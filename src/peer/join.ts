// Joining a network (sheet 04 §9): from hosts that the operator names a peer learns which network
// they are of, brings its genesis State and a Belief, and chooses the Order to follow. It then
// replays all blocks from genesis with its own code: nothing is believed but the order of the
// blocks.

import { finalityPoint, pointsOf } from "../consensus/points.ts";
import { hexOfKey } from "../crypto/hex.ts";
import { bytesOfKey, keyOf } from "../crypto/sha3.ts";
import { CVM_TABLE } from "../cvm/cvm-table.ts";
import type { Cell, Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { SignedData } from "../data/signed.ts";
import { Vector } from "../data/vector.ts";
import { firstElements } from "../data/vector-first.ts";
import { isSound } from "../data/vector-sound.ts";
import { genesisFault } from "../genesis/genesis-fault.ts";
import { isUnreadable } from "../net/connection.ts";
import type { Link } from "../net/link.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import { Belief } from "../state/belief.ts";
import { Order } from "../state/order.ts";
import { State } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { isUnsound, OrderCheck } from "./beliefs/order-check.ts";
import { JOIN_ALONE_BYTES_MAX, JOIN_CONTESTED_BYTES_MAX } from "./bounds.ts";
import { Acquisition, type AcquisitionProgress } from "./cells/acquisition.ts";
import { AcquisitionError } from "./cells/acquisition-error.ts";
import { Vouching, type VouchingLimits } from "./cells/vouching.ts";
import { type Clock, steadyOf } from "./clock.ts";
import type { RemoteStatus } from "./connections/neighbour.ts";
import { addressText, type PeerAddress } from "./connections/peer-address.ts";
import type { JoinedBelief } from "./history/durable-history.ts";
import { JoinError } from "./join-error.ts";
import { type JoinHost, JoinHosts, namesOf } from "./join-hosts.ts";
import { JoinWitnesses } from "./join-witnesses.ts";
import { SYSTEM_RANDOM } from "./random.ts";
import { ExactChecks } from "./signatures/exact-checks.ts";

/** What a join has come to; for a progress display. */
export type JoinEvent =
  | { readonly type: "failed"; readonly address: PeerAddress; readonly reason: string }
  | { readonly type: "connected"; readonly address: PeerAddress; readonly peer: Uint8Array }
  /** The network, and whether its genesis is the one that was asked for or nobody has asked. */
  | { readonly type: "network"; readonly genesis: Uint8Array; readonly isPinned: boolean }
  | {
      readonly type: "acquiring";
      readonly what: "genesis" | "belief";
      readonly progress: AcquisitionProgress;
    }
  /** No cell has come for a while; and whether any host is connected. */
  | {
      readonly type: "silent";
      readonly what: "genesis" | "belief";
      readonly silentMs: number;
      readonly isConnected: boolean;
    }
  | { readonly type: "acquired"; readonly what: "genesis" | "belief" };

export interface JoinOptions {
  readonly addresses: readonly PeerAddress[];
  /** Hash of the genesis State that is meant, 32 bytes; null takes what most hosts have. */
  readonly genesisHash: Uint8Array | null;
  readonly publicKey: Uint8Array;
  readonly store: Store;
  readonly clock: Clock;
  readonly dial: (address: PeerAddress) => Promise<Link>;
  readonly onEvent: (event: JoinEvent) => void;
  /** What is taken in on the word of one host; the bounds of a peer when absent. */
  readonly vouching?: VouchingLimits;
}

const VOUCHING: VouchingLimits = {
  contestedBytesMax: JOIN_CONTESTED_BYTES_MAX,
  aloneBytesMax: JOIN_ALONE_BYTES_MAX,
};

export interface Joined {
  readonly genesis: State;
  readonly joined: JoinedBelief;
}

/**
 * What a peer on an empty store begins with. What has been brought is kept in the store, so that a
 * join that is interrupted goes on where it was.
 * @throws JoinError
 */
export async function join(options: JoinOptions): Promise<Joined> {
  const { clock, store, dial, addresses, onEvent } = options;
  const hosts = new JoinHosts(steadyOf(clock), store, dial);
  try {
    await hosts.connect(addresses);
    const genesisKey = chooseNetwork(hosts, options);
    for (const { address, status } of hosts.hosts) {
      onEvent({ type: "connected", address, peer: bytesOfKey(status.peer) });
    }
    if (hosts.hosts.length === 0) throw unusable(hosts, options);
    for (const { address, reason } of hosts.failed) onEvent({ type: "failed", address, reason });
    const isPinned = options.genesisHash !== null;
    onEvent({ type: "network", genesis: bytesOfKey(genesisKey), isPinned });
    const genesis = await acquireGenesis(hosts, genesisKey, options);
    return { genesis, joined: await acquireBelief(hosts, options) };
  } finally {
    hosts.close();
  }
}

/**
 * Hash key of the genesis State: the one that is meant, else that of most hosts. Those of another
 * network are left out.
 */
function chooseNetwork(hosts: JoinHosts, { genesisHash, addresses }: JoinOptions): string {
  const order = new Map(addresses.map((address, i) => [addressText(address), i]));
  const rank = ({ address }: JoinHost) => order.get(addressText(address)) ?? 0;
  hosts.hosts.sort((a, b) => rank(a) - rank(b));
  const genesis = genesisHash === null ? genesisOfMost(hosts.hosts) : keyOf(genesisHash);
  for (const host of [...hosts.hosts]) {
    if (host.status.genesis === genesis) continue;
    const found = hexOfKey(host.status.genesis);
    const wanted = hexOfKey(genesis);
    const where = addressText(host.address);
    hosts.refuse(host, `The peer at ${where} is of the network ${found}, not of ${wanted}`);
  }
  return genesis;
}

/**
 * What more than half of the hosts say, "" when there are none. The first one's word is not enough:
 * it would decide alone, whatever the others say. @throws JoinError when there is no majority
 */
function genesisOfMost(hosts: readonly JoinHost[]): string {
  const byGenesis = Map.groupBy(hosts, ({ status }) => status.genesis);
  for (const [genesis, those] of byGenesis) if (2 * those.length > hosts.length) return genesis;
  if (hosts.length === 0) return "";
  const words = [...byGenesis].map(([genesis, those]) => `${namesOf(those)}: ${hexOfKey(genesis)}`);
  const fix = "Ask somebody whom you trust which is meant, and give it with --genesis-hash";
  const why = `The hosts are of different networks (${words.join("; ")})`;
  throw new JoinError("GENESIS", `${why}. ${fix}.`);
}

function unusable({ failed }: JoinHosts, { genesisHash }: JoinOptions): JoinError {
  const reasons = failed.map(({ reason }) => reason).join("; ");
  const isOther = genesisHash !== null && failed.some(({ isOfAnother }) => isOfAnother);
  if (isOther) {
    const advice = "Check --genesis-hash and --join: they must be of one network";
    return new JoinError("GENESIS", `${reasons}. ${advice}.`);
  }
  const code = failed.every(({ hasNoAddress }) => hasNoAddress) ? "NAME" : "UNREACHABLE";
  return new JoinError(code, `No peer to join by can be used: ${reasons}.`);
}

async function acquireGenesis(hosts: JoinHosts, key: string, options: JoinOptions): Promise<State> {
  const genesis = await acquire("genesis", key, hosts, options);
  if (!(genesis instanceof State)) {
    throw new JoinError("GENESIS", "The genesis hash that the peers tell is not that of a State.");
  }
  const fault = genesisFault(genesis);
  if (fault === null) return genesis;
  throw new JoinError("GENESIS", `The genesis State of the peers is no sound one: ${fault}.`);
}

/** The Belief of one host after the other, until one can be used. */
async function acquireBelief(hosts: JoinHosts, options: JoinOptions): Promise<JoinedBelief> {
  const witnesses = new JoinWitnesses(hosts.hosts);
  let failure: Error | null = null;
  for (const host of [...hosts.hosts]) {
    try {
      host.status = await latestStatus(host);
      const belief = await acquire("belief", host.status.belief, hosts, options);
      if (!(belief instanceof Belief)) throw new AcquisitionError("it has no Belief");
      const joined = chooseOrder(belief, host.status.peer, options);
      if (await witnesses.confirm({ host, joined })) return joined;
    } catch (error) {
      if (!isFaultOfHost(error)) throw error;
      failure = error as Error;
      witnesses.discount(host);
      if (hosts.hosts.length > 1) tellFailure(host, failure.message, options);
    }
  }
  const settled = await witnesses.settle();
  if (settled !== null) return settled.joined;
  const { dispute } = witnesses;
  if (dispute !== null) throw new JoinError("ACQUISITION", dispute);
  if (failure instanceof JoinError) throw failure;
  throw new JoinError("ACQUISITION", `The blocks can't be brought: ${failure?.message}.`);
}

function tellFailure({ address }: JoinHost, why: string, { onEvent }: JoinOptions): void {
  const reason = `Not joined by ${addressText(address)}: ${why}`;
  onEvent({ type: "failed", address, reason });
}

/** What a host says now; if its connection is lost, which is dialled again, what it said last. */
async function latestStatus({ neighbour, status }: JoinHost): Promise<RemoteStatus> {
  try {
    return (await neighbour.askStatus()) ?? status;
  } catch (error) {
    if (!(error instanceof NoReplyError)) throw error;
    return status;
  }
}

/** Whether a host is to blame, so that another one may do better. */
function isFaultOfHost(error: unknown): boolean {
  return (
    error instanceof NoReplyError ||
    error instanceof JoinError ||
    error instanceof AcquisitionError ||
    isUnreadable(error)
  );
}

async function acquire(
  what: "genesis" | "belief",
  key: string,
  hosts: JoinHosts,
  { store, clock, genesisHash, vouching = VOUCHING, onEvent }: JoinOptions,
): Promise<Cell | bigint> {
  // What the operator vouches for may be of any size.
  const isVouchedFor = what === "genesis" && genesisHash !== null;
  const acquisition = new Acquisition({
    store,
    clock: steadyOf(clock),
    table: CVM_TABLE,
    providers: () => hosts.providers,
    ...(isVouchedFor ? {} : { vouching: new Vouching(vouching, SYSTEM_RANDOM) }),
    onProgress: (progress) => onEvent({ type: "acquiring", what, progress }),
    onSilence: (silentMs) => {
      hosts.reconnect();
      const isConnected = hosts.providers.length > 0;
      onEvent({ type: "silent", what, silentMs, isConnected });
    },
  });
  try {
    const value = await acquisition.acquire(key);
    onEvent({ type: "acquired", what });
    return value;
  } catch (error) {
    if (!isFaultOfHost(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new JoinError("ACQUISITION", `The ${what} can't be brought: ${reason}.`);
  }
}

/**
 * The Order of the host itself, as far as it is sound; without it the one with most final blocks.
 * Final blocks are taken as they are: the network has agreed on them.
 */
function chooseOrder(belief: Belief, hostKey: string, options: JoinOptions): JoinedBelief {
  const check = new OrderCheck(new ExactChecks(options.clock));
  const sound: SoundOrder[] = [];
  let own: Order | null = null;
  for (const [key, signed] of belief.orders.entries()) {
    if (!(signed instanceof SignedData)) continue;
    const order = soundOrderIn(signed, check);
    if (order === null) continue;
    if (isBy(signed, keyOf(options.publicKey))) own = order;
    else sound.push({ key, signed, order });
  }
  const host = sound.find(({ signed }) => isBy(signed, hostKey));
  const [longest] = [...sound].sort((a, b) => finalityPoint(b.order) - finalityPoint(a.order));
  const order = withoutFaults((host ?? longest)?.order ?? Order.EMPTY, check, options);
  let orders = Index.EMPTY;
  for (const each of sound) {
    const checked = check.blocksOf(each.order, order.blocks, options.clock.now());
    if (!("reason" in checked)) orders = orders.assoc(each.key, each.signed) ?? orders;
  }
  return { belief: Belief.of(orders), order, own };
}

/** Null also for an Order that can't be read or compared with others: a host may send any. */
function soundOrderIn(signed: SignedData, check: OrderCheck): Order | null {
  try {
    const order = check.orderOf(signed);
    return order instanceof Order && isSound(order.blocks) ? order : null;
  } catch (error) {
    if (isUnsound(error)) return null;
    throw error;
  }
}

interface SoundOrder {
  readonly key: Value;
  readonly signed: SignedData;
  readonly order: Order;
}

function isBy(signed: SignedData, key: string): boolean {
  return signed.publicKey !== null && keyOf(signed.publicKey) === key;
}

/** The Order cut where blocks begin that are neither final nor sound. */
function withoutFaults(order: Order, check: OrderCheck, { clock }: JoinOptions): Order {
  const final = finalityPoint(order);
  const known = firstElements(order.blocks, final);
  const checked = check.blocksOf(order, known, clock.now());
  if (!("reason" in checked)) return order;
  const points = pointsOf(order).map((point) => Math.min(point, final));
  return Order.of(order.timestamp, Vector.from(points), known);
}
