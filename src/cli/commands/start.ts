// `start`: the peer of a data directory. An empty directory gets a key and a network of one.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildCommand } from "@stricli/core";
import type { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { hashBytes } from "../../data/encode.ts";
import { ANY_ADDRESS } from "../../net/listener.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { Bans } from "../../peer/connections/bans.ts";
import { addressText, type PeerAddress } from "../../peer/connections/peer-address.ts";
import { isForNeighbours } from "../../peer/connections/private-host.ts";
import { GENESIS_META, ROOT } from "../../peer/history/peer-record.ts";
import { JoinError } from "../../peer/join-error.ts";
import type { NetworkedPeer } from "../../peer/networked-peer.ts";
import { OperatorSocketError } from "../../peer/operator/operator-socket.ts";
import { readCertificate } from "../../rest/tls/certificate.ts";
import type { State } from "../../state/state.ts";
import { requireRoomToBegin } from "../../store/free-space.ts";
import { sqliteStore } from "../../store/sqlite-store.ts";
import type { Store } from "../../store/store.ts";
import { inUse } from "../../store/store-lock.ts";
import { isDenial } from "../../system/system-code.ts";
import { type ApiFlags, apiFlags, apiPolicyOf } from "../api/api-flags.ts";
import { type TlsFlags, tlsFlags, tlsPlanOf, withCertificateKey } from "../api/tls-flags.ts";
import { lackAdvice } from "../contact/lack-advice.ts";
import { ownStatus } from "../contact/operator.ts";
import { requireUnsealed } from "../emergency/sealing.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { BANS_FILE, type DataFolder, dataFolder, OPERATOR_SOCKET } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";
import {
  apiBindFlag,
  apiPortFlag,
  bindFlag,
  chosenPeerPort,
  dataDirFlag,
  faucetFlag,
  jsonFlag,
  LOOPBACK,
  outgoingFlag,
  peerPortFlag,
  portFlag,
  urlFlag,
} from "../flags.ts";
import { guardText } from "../keys/key-file-guard.ts";
import { fileFlag, warnIfExposed } from "../keys/passphrase.ts";
import { type PeerKeyFlags, peerKey, peerKeyFlags } from "../keys/peer-key.ts";
import { type LevelChanges, parseLevels } from "../log/log-levels.ts";
import { warnAsLog } from "../log/notices.ts";
import { pulseOf, serviceNotifier } from "../service/service-notifier.ts";
import { requireFreePorts } from "../start/free-ports.ts";
import { genesisFromFile, genesisOfOne } from "../start/genesis-choice.ts";
import {
  builtInPin,
  joinNetwork,
  networkAmong,
  parseGenesisHash,
  parseHosts,
} from "../start/join-network.ts";
import { showReplay } from "../start/replay-progress.ts";
import { runPeer } from "../start/run-peer.ts";
import { CollectionSchedule, collectAside } from "../store/collection-schedule.ts";
import {
  diskBudgetFlag,
  gcEveryFlag,
  type HistoryFlags,
  historyFlag,
  historyMs,
  keepHistoryFlag,
} from "../store/store-flags.ts";
import { storeOwner } from "../store/store-owner.ts";

interface StartFlags extends PeerKeyFlags, ApiFlags, TlsFlags, HistoryFlags {
  readonly gcEvery: number;
  readonly diskBudget?: number | undefined;
  readonly dataDir?: string | undefined;
  readonly apiPort: number;
  readonly apiBind?: string | undefined;
  readonly port?: number | undefined;
  readonly peerPort?: number | undefined;
  readonly bind: string;
  readonly genesis?: string | undefined;
  readonly join?: readonly PeerAddress[] | undefined;
  readonly genesisHash?: Uint8Array | undefined;
  readonly outgoing: number;
  readonly url?: string | undefined;
  readonly faucet: boolean;
  readonly logLevel?: LevelChanges | undefined;
  readonly json: boolean;
}

/** The network that the flags ask for. */
interface WantedNetwork {
  /** Its genesis State, null when no file has it. */
  readonly given: State | null;
  /** Peers to join it by. */
  readonly hosts: readonly PeerAddress[];
  /** Hash that its genesis State must have, null for any. */
  readonly pin: Uint8Array | null;
}

/** Read before a key is made, so that a mistake leaves nothing behind. @throws CommandError */
function wantedNetwork(flags: StartFlags): WantedNetwork {
  const given = flags.genesis === undefined ? null : genesisFromFile(flags.genesis);
  const hosts = flags.join ?? [];
  const pin = given === null ? pinOf(flags, hosts) : hashBytes(given);
  const { genesisHash = pin } = flags;
  if (pin !== null && genesisHash !== null && toHex(genesisHash) !== toHex(pin)) {
    const why = `--genesis holds ${toHex(pin)}, --genesis-hash is ${toHex(genesisHash)}`;
    throw new CommandError(EXIT.CONFIG, `${why}: one of them is of another network`);
  }
  return { given, hosts, pin };
}

/**
 * What the peer begins with: what its store holds, a network that it joins and has in its store
 * then, or one of its own.
 */
async function beginning(store: Store, keyPair: KeyPair, { given, hosts, pin }: WantedNetwork) {
  const isEmpty = store.root(ROOT.PEER) === null;
  if (!isEmpty) {
    requirePinned(store, pin);
    await requireSameNetwork(store, hosts);
  }
  if (!isEmpty || hosts.length === 0) {
    const genesis = given ?? (isEmpty ? genesisOfOne(keyPair.publicKey) : null);
    return { genesis, hosts };
  }
  try {
    await joinNetwork({ addresses: hosts, genesisHash: pin, keyPair, store });
    return { genesis: null, hosts };
  } catch (error) {
    // Whoever has the genesis State may be the first of its network.
    const isFirst = given !== null && error instanceof JoinError && error.code === "UNREACHABLE";
    if (!isFirst) throw error;
    return { genesis: given, hosts };
  }
}

/** @throws CommandError when a network is asked for that nobody could give */
function requireWay(folder: DataFolder, { given, hosts, pin }: WantedNetwork): void {
  if (given !== null || hosts.length > 0 || pin === null || storeOwner(folder) !== null) return;
  const why = `${folder.root} holds no network, and ${toHex(pin)} is asked for`;
  const fix =
    "name peers of it with --join HOST:PORT, or leave --genesis-hash out to begin another";
  throw new CommandError(EXIT.USAGE, `${why}: ${fix}`);
}

function pinOf(flags: StartFlags, hosts: readonly PeerAddress[]): Uint8Array | null {
  return flags.genesisHash ?? builtInPin(hosts);
}

/** @throws CommandError when the store is of another network */
function requirePinned(store: Store, pin: Uint8Array | null): void {
  const found = store.meta(GENESIS_META);
  if (pin === null || found === null || toHex(pin) === found) return;
  const why = `The data directory is of the network ${found}, not of ${toHex(pin)}`;
  throw new CommandError(EXIT.CONFIG, `${why}: use another --data-dir for another network`);
}

/**
 * A data directory that has a network goes on with it. Whoever joins another one by mistake is told
 * so, unless another of its hosts is of the own one; when none answers in time, that is said.
 * @throws CommandError when the store is of another network than the host
 */
async function requireSameNetwork(store: Store, hosts: readonly PeerAddress[]): Promise<void> {
  const own = store.meta(GENESIS_META);
  if (hosts.length === 0 || own === null) return;
  const other = await networkAmong(hosts, own);
  if (other === null) {
    const named = hosts.map(addressText).join(", ");
    const why = `no answer yet from --join ${named}`;
    warnAsLog(`${why}: this peer goes on with the network of its data directory, ${own}.`);
    return;
  }
  if (other.genesis === own) return;
  const found = `${addressText(other.address)} is of ${other.genesis}`;
  const why = `The data directory is of the network ${own}; ${found}`;
  const fix = "use another --data-dir to join that one, or move store.db away to give this one up";
  throw new CommandError(EXIT.CONFIG, `${why}: ${fix}`);
}

/** Where the API listens: with HTTPS, what is not encrypted stays on this machine. */
function surfacesOf(flags: StartFlags, dataFolder: string) {
  const { apiBind, apiPort: port } = flags;
  const plan = tlsPlanOf(flags);
  if (plan === null) return { api: { host: apiBind ?? LOOPBACK, port }, secure: null };
  const secure = { plan, host: apiBind ?? ANY_ADDRESS, dataFolder };
  return { api: { host: LOOPBACK, port }, secure };
}

/**
 * Asked before there is a key or a store, so that a port which another program has, or a wrong
 * certificate, leaves nothing behind. Where there is a store, the ports may be those of the peer
 * that uses it, which is what is said then.
 * @throws PeerPortError, ListenError, CertificateError, CommandError
 */
function requireServable(peer: PeerAddress, { api, secure }: ReturnType<typeof surfacesOf>): void {
  const certificate = secure?.plan.certificate;
  if (certificate?.kind === "files") readCertificate(certificate.chain, certificate.key);
  requireFreePorts(peer, api, secure);
}

/**
 * The store's lock says so, too, unless somebody has removed it, as if a crash had left it: two
 * peers would sign with one key.
 * @throws StoreError IN_USE when a peer answers the operator of the data directory
 */
async function requireAlone({ dataDir }: StartFlags, root: string): Promise<void> {
  try {
    await ownStatus(dataDir);
  } catch (error) {
    // Nobody answers; whether this user may be here is for the store to say.
    if (error instanceof OperatorSocketError || isDenial(error)) return;
    throw error;
  }
  throw inUse(root);
}

async function start(typed: StartFlags): Promise<void> {
  const flags = withCertificateKey(typed);
  const policy = apiPolicyOf(flags);
  const folder: DataFolder = dataFolder(flags.dataDir);
  const notifier = serviceNotifier(process.env);
  notifier?.starting("opens the store, and synchronises");
  requireUnsealed(folder.root);
  await requireAlone(flags, folder.root);
  const surfaces = surfacesOf(flags, folder.root);
  // Debian's group ssl-cert reads such keys.
  if (flags.certKey !== undefined && existsSync(flags.certKey))
    warnIfExposed(flags.certKey, true, warnAsLog);
  const wanted = wantedNetwork(flags);
  requireWay(folder, wanted);
  const peerAddress = { host: flags.bind, port: chosenPeerPort(flags) };
  if (!isThere(folder.store)) requireServable(peerAddress, surfaces);
  const { url = null } = flags;
  const { stored, keyPair } = await peerKey(folder, flags);
  // The log of a service has it, too.
  warnIfExposed(stored.path, false, warnAsLog);
  const store = sqliteStore(folder.root, CVM_TABLE);
  const begin = async () => {
    requireFreePorts(peerAddress, surfaces.api, surfaces.secure);
    if (store.root(ROOT.PEER) === null) requireRoomToBegin(folder.root);
    return await beginning(store, keyPair, wanted);
  };
  const { genesis, hosts } = await begin().catch((error) => {
    store.close();
    throw error;
  });
  let endReplay = () => {};
  await runPeer({
    title: `Convex peer ${toHex(keyPair.publicKey).slice(0, 8)}`,
    store,
    keyPair,
    genesis,
    named: hosts.map((address) => ({ address, isPermanent: false })),
    bans: new Bans(join(folder.root, BANS_FILE)),
    dataFolder: folder.root,
    operatorSocket: join(folder.root, OPERATOR_SOCKET),
    outgoing: flags.outgoing,
    url,
    allowsPrivate: isForNeighbours(flags.bind, url),
    ...surfaces,
    historyMs: historyMs(flags),
    queryJuiceMax: flags.queryJuice,
    onRunning: ({ networked }) => {
      if (hosts.length > 0) endReplay = showReplay(networked);
      else warnIfAwaitsWord(networked);
      scheduleCollections(networked, folder.root, flags);
      notifier?.ready(() => pulseOf(networked));
    },
    onStopping: async () => {
      endReplay();
      await notifier?.stopping();
    },
    peerAddress,
    hasFaucet: flags.faucet,
    policy,
    tokenFile: flags.apiTokenFile ?? null,
    json: flags.json,
    logLevels: flags.logLevel ?? [],
    notes: [
      ["data", folder.root],
      ["key file", guardText(stored)],
    ],
  });
}

/**
 * Who has named no host is told of what a restored peer waits for, which may never come by itself.
 */
function warnIfAwaitsWord({ peer }: NetworkedPeer): void {
  const lack = peer.lack();
  if (lack !== "word since its backup") return;
  warnAsLog(`${lackAdvice({ lack })}.`);
}

function scheduleCollections({ peer }: NetworkedPeer, root: string, flags: StartFlags): void {
  const { upkeep } = peer;
  const { gcEvery, diskBudget = null } = flags;
  if (upkeep === null) return;
  const policy = {
    everyMs: gcEvery === Number.POSITIVE_INFINITY ? null : gcEvery,
    budgetBytes: diskBudget,
  };
  const bytes = () => upkeep.bytes.file;
  new CollectionSchedule(policy, SYSTEM_CLOCK, bytes, () => collectAside(root));
}

export const startCommand = buildCommand({
  docs: { brief: "Run the peer of a data directory" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      apiPort: apiPortFlag,
      apiBind: apiBindFlag,
      ...apiFlags,
      ...tlsFlags,
      port: portFlag,
      peerPort: peerPortFlag,
      bind: bindFlag(ANY_ADDRESS),
      genesis: fileFlag(
        "State an empty data directory begins with (complete multi-cell message, may be gzipped)",
      ),
      join: {
        kind: "parsed",
        parse: parseHosts,
        optional: true,
        placeholder: "HOST:PORT[,…]",
        brief: "Peers of the network to join; its history is brought from them and replayed",
      },
      genesisHash: {
        kind: "parsed",
        parse: parseGenesisHash,
        optional: true,
        placeholder: "HEX",
        brief: "Hash of the genesis State that the network must have",
      },
      history: historyFlag,
      keepHistory: keepHistoryFlag,
      gcEvery: gcEveryFlag,
      diskBudget: diskBudgetFlag,
      outgoing: outgoingFlag,
      url: urlFlag,
      ...peerKeyFlags,
      faucet: faucetFlag(false),
      logLevel: {
        kind: "parsed",
        parse: parseLevels,
        optional: true,
        placeholder: "LEVEL|COMPONENT=LEVEL[,…]",
        brief: "What is logged: debug, info, warn, error or silent, for all or by component",
      },
      json: jsonFlag,
    },
    aliases: {},
  },
  func: (flags: StartFlags) => guarded(() => start(flags)),
});
