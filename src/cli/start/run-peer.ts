// A running peer: opens what it needs, says so in a few lines, serves, and stops on SIGTERM, SIGINT
// or SIGHUP with a final checkpoint.

import { resolve } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import type { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import type { Listener } from "../../net/listener.ts";
import { residentBytes } from "../../net/own-process.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { Bans } from "../../peer/connections/bans.ts";
import type { NamedAddress } from "../../peer/connections/outgoing.ts";
import { addressText, type PeerAddress } from "../../peer/connections/peer-address.ts";
import { healthOf } from "../../peer/health.ts";
import { OperatorCommands } from "../../peer/operator/operator-commands.ts";
import {
  type OperatorHandler,
  OperatorSocket,
  OperatorSocketError,
} from "../../peer/operator/operator-socket.ts";
import { StoreCommands } from "../../peer/operator/store-commands.ts";
import type { Peer } from "../../peer/peer.ts";
import { API_BASE } from "../../rest/app.ts";
import type { ApiAddress } from "../../rest/server.ts";
import type { State } from "../../state/state.ts";
import type { Store } from "../../store/store.ts";
import { type ApiPolicy, OPEN_POLICY } from "../api/api-flags.ts";
import { type ApiSurface, openApi } from "../api/api-surface.ts";
import type { SecureOptions } from "../api/secure-surface.ts";
import type { RunningProcess } from "../contact/operator.ts";
import type { Component, Log } from "../log/log.ts";
import { type LevelChanges, LogCommands } from "../log/log-levels.ts";
import { faultText, openLog } from "../log/open-log.ts";
import { paint } from "../terminal/paint.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { type HostedPeer, hostPeer, stopPeer } from "./hosted-peer.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { isOwnAddress } from "./own-address.ts";
import { logSlowDisk } from "./slow-disk.ts";
import { logStanding } from "./standing-log.ts";
import { outliveReaders, stopSignal } from "./stop-signal.ts";

/** Longest orderly stop, in ms; then what still hangs is left behind. */
const STOP_TIMEOUT_MS = 1_800;
const SECOND_MS = 1_000;

export interface RunOptions {
  readonly title: string;
  readonly store: Store;
  readonly keyPair: KeyPair;
  /**
   * The State to begin with; for a store that is not empty, null or the one it must have begun
   * with.
   */
  readonly genesis: State | null;
  /** Hosts of other peers that the operator has named. */
  readonly named?: readonly NamedAddress[];
  readonly bans: Bans;
  /** Number of outgoing connections wanted. */
  readonly outgoing?: number;
  /** Whether published addresses of private networks are dialled. */
  readonly allowsPrivate?: boolean;
  /** Address of this peer that others are to find in the State. */
  readonly url?: string | null;
  /** Path of the operator's socket, null for none. */
  readonly operatorSocket?: string | null;
  /** Called once the peer runs, before that is said; when it throws the peer stops again. */
  readonly onRunning?: (hosted: HostedPeer) => void;
  /** Called when it is about to stop. */
  readonly onStopping?: () => Promise<void>;
  readonly api: ApiAddress;
  /** HTTPS beside it; left out: none. */
  readonly secure?: Omit<SecureOptions, "say"> | null;
  /** Folder of the store, null for one in memory. */
  readonly dataFolder?: string | null;
  /** Juice that a query may have; left out: as much as a transaction. */
  readonly queryJuiceMax?: number;
  /** How long States and Results are kept, in ms; null for ever. */
  readonly historyMs?: number | null;
  /** Where other peers and binary clients connect. */
  readonly peerAddress: PeerAddress;
  readonly hasFaucet: boolean;
  /** Who may use the API; left out: everybody, as by default. */
  readonly policy?: ApiPolicy;
  /** File with the tokens of which the API needs one, null for none. */
  readonly tokenFile?: string | null;
  readonly json: boolean;
  /** What is logged otherwise than by default. */
  readonly logLevels?: LevelChanges;
  /** Further lines of the banner. */
  readonly notes: readonly (readonly [label: string, text: string])[];
}

/** Address of the API over HTTPS, null without. */
function secureUrlOf({ secure }: ApiSurface, options: RunOptions): string | null {
  if (secure === null) return null;
  const plan = options.secure?.plan.certificate;
  const { host, port } = secure.https;
  const name = plan?.kind === "authority" ? (plan.domains[0] ?? host) : host;
  return port === 443 ? `https://${name}` : `https://${addressText({ host: name, port })}`;
}

function mayQuery({ policy }: RunOptions): boolean {
  const { routes, allow } = (policy ?? OPEN_POLICY).access;
  return (routes?.has("query") ?? true) && (allow?.has("127.0.0.1") ?? true);
}

/** What asks the API, with the token it needs, which is no argument that others could see. */
function queryLine(api: string, { tokenFile = null }: RunOptions): string {
  const ask = `${api}/query -d '{"source":"(+ 1 2)"}'`;
  if (tokenFile === null) return `curl ${ask}`;
  const token = `grep -v '^#' ${shellWord(resolve(tokenFile))} | head -n 1`;
  return `(printf 'Authorization: Bearer '; ${token}) | curl -H @- ${ask}`;
}

function printBanner(peer: Peer, surfaces: Surfaces, options: RunOptions): void {
  const status = peer.status();
  const { listener } = surfaces;
  const url = `http://${addressText(surfaces.api.address)}`;
  const secureUrl = secureUrlOf(surfaces.api, options);
  if (options.json) {
    const facts = {
      peer: toHex(status.peer),
      genesis: toHex(status.genesis),
      state: toHex(status.state),
      position: peer.position,
      peerPort: listener.port,
      api: url,
      ...(secureUrl === null ? {} : { https: secureUrl }),
      faucet: surfaces.api.hasFaucet,
    };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  const rows: (readonly [string, string])[] = [
    ["peer key", toHex(status.peer)],
    ["genesis", toHex(status.genesis)],
    ["state", `${toHex(status.state)}, ${peer.position} blocks`],
    ...options.notes,
    ["peers", `${addressText(listener)} (other peers and binary clients, TCP)`],
    ["API", `${url}${API_BASE}${surfaces.api.hasFaucet ? ", faucet on" : ""}`],
    ...(secureUrl === null ? [] : [["HTTPS", secureUrl] as const]),
    ...(mayQuery(options) ? [["try", queryLine(`${url}${API_BASE}`, options)] as const] : []),
    ["stop", "Ctrl-C (twice to force)"],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${paint.dim(label.padEnd(width))}  ${text}`);
  process.stdout.write(`${paint.bold(options.title)}\n${lines.join("\n")}\n`);
}

/** What `status`, `doctor` and `watch` are told of this process. */
function aboutProcess({ listener, api }: Surfaces, options: RunOptions): RunningProcess {
  return {
    version: packageJson.version,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * SECOND_MS),
    memoryBytes: residentBytes(),
    peerHost: listener.host,
    peerPort: listener.port,
    api: `http://${addressText(api.address)}`,
    https: secureUrlOf(api, options),
    certificateEndsMs: api.secure?.certificate()?.endsMs ?? null,
    url: options.url ?? null,
    hasFaucet: api.hasFaucet,
  };
}

/** What the operator's request over HTTP comes to: the same as a signal from outside. */
function requestStop(): void {
  process.kill(process.pid, "SIGTERM");
}

/** What the peer is reached by. */
interface Surfaces {
  readonly hosted: HostedPeer;
  readonly listener: Listener;
  readonly api: ApiSurface;
}

/**
 * @throws StoreError, PeerPortError, ListenError, CertificateError: then nothing is served, and
 * nothing reads the store any more
 */
async function serve(
  options: RunOptions,
  log: Log,
  command: OperatorHandler["handle"],
): Promise<Surfaces> {
  const faultOf = (component: Component) => (error: unknown, where: string) =>
    log.say(component, "error", faultText(error, where));
  const hosted = hostPeer({
    ...options,
    listen: options.peerAddress,
    onFault: faultOf("network"),
    onNotice: (notice) => log.say("network", "info", notice),
  });
  const { networked, listener } = hosted;
  try {
    const say = (words: string, level: "info" | "warn") => log.say("tls", level, words);
    const secure = options.secure == null ? null : { ...options.secure, say };
    const operator = { shutdown: requestStop, command };
    const api = openApi(networked, { ...options, ...operator, secure, onFault: faultOf("api") });
    return { hosted, listener, api };
  } catch (error) {
    await stopPeer(hosted);
    throw error;
  }
}

/** The peer stops, with the answers it owes, then the API, and the store with its checkpoint. */
async function stop({ hosted, api }: Surfaces, store: Store): Promise<void> {
  const listening = api.stop(false);
  await stopPeer(hosted);
  // Taken back when it is not needed: a timer that runs on keeps the process from ending.
  const forced = Promise.withResolvers<void>();
  const cancel = SYSTEM_CLOCK.after(STOP_TIMEOUT_MS, () => {
    void api.stop(true).then(forced.resolve);
  });
  await Promise.race([listening, forced.promise]);
  cancel();
  store.close();
}

/** Without its socket a peer runs all the same: its operator is told, and does without. */
function openSocket(path: string, commands: OperatorHandler, log: Log): OperatorSocket | null {
  try {
    return new OperatorSocket(path, commands);
  } catch (error) {
    if (!(error instanceof OperatorSocketError)) throw error;
    log.say("peer", "error", error.message);
    return null;
  }
}

const NO_FAUCET =
  "No faucet: it gives from the account that controls this peer, and this peer's key is not that " +
  "account's. Where it is to become that, start the peer again afterwards";

const NOT_YET: OperatorHandler = {
  handle: () => ({ ok: false, error: "the peer is not up yet" }),
};

/**
 * Runs until a stop signal. @throws StoreError, PeerPortError, ListenError before anything is
 * served
 */
export async function runPeer(options: RunOptions): Promise<void> {
  const { store } = options;
  try {
    const stopped = stopSignal();
    outliveReaders();
    const log = openLog(options.logLevels ?? []);
    let commands: OperatorHandler | null = null;
    const surfaces = await serve(options, log, (request) => (commands ?? NOT_YET).handle(request));
    const { networked } = surfaces.hosted;
    const control = {
      about: () => aboutProcess(surfaces, options),
      isOwn: (address: PeerAddress) =>
        isOwnAddress(address, surfaces.listener, options.url ?? null),
      stop: requestStop,
    };
    const storeCommands = new StoreCommands(networked.peer.upkeep);
    const operator = new OperatorCommands(networked, options.bans, SYSTEM_CLOCK, control);
    const logCommands = new LogCommands(log);
    commands = {
      handle: (request) =>
        logCommands.handle(request) ?? storeCommands.handle(request) ?? operator.handle(request),
    };
    const { operatorSocket = null } = options;
    const socket = operatorSocket === null ? null : openSocket(operatorSocket, commands, log);
    const endWatch = new MemoryWatch().start();
    let endStanding = () => {};
    const { upkeep } = networked.peer;
    const endDisk = upkeep === null ? null : logSlowDisk(upkeep.writes, log, SYSTEM_CLOCK);
    try {
      networked.start();
      options.onRunning?.(surfaces.hosted);
      printBanner(networked.peer, surfaces, options);
      if (options.hasFaucet && !surfaces.api.hasFaucet) log.say("api", "warn", NO_FAUCET);
      endStanding = logStanding(() => healthOf(networked, SYSTEM_CLOCK), log, SYSTEM_CLOCK);
      await stopped;
    } finally {
      endWatch();
      endStanding();
      endDisk?.();
      await options.onStopping?.();
      socket?.close();
      await stop(surfaces, store);
      log.close();
    }
  } catch (error) {
    store.close();
    throw error;
  }
}
