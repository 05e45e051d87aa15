// The running peer, and how the network has it.

import packageJson from "../../../package.json" with { type: "json" };
import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { parsePeerUrl } from "../../peer/connections/peer-address.ts";
import { GOLD } from "../../state/constants.ts";
import { accountFacts } from "../contact/account-facts.ts";
import { lackAdvice } from "../contact/lack-advice.ts";
import { deafHolder, type OwnStatus } from "../contact/operator.ts";
import { overdrawnAdvice, overdrawnText } from "../contact/overdrawn.ts";
import { localHost } from "../contact/own-peer.ts";
import { PeerClient } from "../contact/peer-client.ts";
import { isEligible } from "../contact/peer-facts.ts";
import { standingText } from "../contact/standing-text.ts";
import { sealOf } from "../emergency/sealing.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText } from "../terminal/amounts.ts";
import { type Check, type Finding, fail, ok, skip, warn } from "./check.ts";
import type { DoctorScene } from "./scene.ts";

const NOT_RUNNING = "the peer does not run";
const SECOND_MS = 1_000;
const SKEW_WARN_MS = 1_000;
const SKEW_FAIL_MS = 30_000;
const BACKLOG_MANY = 100;
/** Some hundred transactions of a controller. */
const CONTROLLER_LOW = GOLD / 100;
const DAY_MS = 86_400_000;
/** It is renewed before. */
const CERTIFICATE_LOW_DAYS = 14;
const HTTP_TIMEOUT_MS = 3_000;

type PeerFinding = (own: OwnStatus, scene: DoctorScene) => Finding | Promise<Finding>;

/** A check of a peer that runs. */
function ofRunning(id: string, title: string, find: PeerFinding): Check<DoctorScene> {
  const run = async (scene: DoctorScene) => {
    const own = await scene.own;
    if (own !== null) return find(own, scene);
    return skip((await scene.silence) === null ? NOT_RUNNING : "the peer does not answer");
  };
  return { id, title, run };
}

async function running({ own, silence, folder }: DoctorScene): Promise<Finding> {
  const status = await own;
  const silent = await silence;
  if (silent !== null) return fail(silent.finding, silent.fix);
  if (status === null && sealOf(folder.root) !== null) return skip("sealed");
  const deaf = status === null ? deafHolder(folder.root) : null;
  if (deaf !== null) return warn(...deaf);
  if (status === null) return warn(NOT_RUNNING, "`convex-peer start`, or start its service");
  const { pid, version } = status.process;
  return ok(`process ${pid}, version ${version}`);
}

function version({ process }: OwnStatus): Finding {
  if (process.version === packageJson.version) return ok(`the same as this program`);
  const found = `version ${process.version} runs, this program is ${packageJson.version}`;
  return warn(found, "restart the peer with the new version");
}

function live({ isLive, obstacle }: OwnStatus): Finding {
  if (isLive) return ok("it lives");
  return fail(`halted: ${obstacle}`, "restart it; its log says what happened");
}

function ready(own: OwnStatus): Finding {
  if (own.isReady) return ok(standingText(own));
  const fix = "wait for `convex-peer health --wait 60`; then see connections and stake below";
  return fail(standingText(own), lackAdvice(own) ?? fix);
}

function connections({ outgoing, incoming, wantedOutgoing }: OwnStatus): Finding {
  const text = `${outgoing} of ${wantedOutgoing} out, ${incoming} in`;
  if (outgoing + incoming > 0 || wantedOutgoing === 0) return ok(text);
  const fix = "in a network of one that is right; else `convex-peer peers connect HOST:PORT`";
  return warn(text, fix);
}

function agreement({ disagreeing, peers }: OwnStatus): Finding {
  if (disagreeing === 0) return ok(`${peers} peers, none with another State`);
  const fix = "stop it, keep the data directory, and report it: two peers must never differ";
  return fail(`${disagreeing} peers report ANOTHER State at the same position`, fix);
}

function progress({ backlog, unfinished, position }: OwnStatus): Finding {
  const text = `${position} blocks executed, ${backlog} wait, ${unfinished} not final`;
  if (backlog < BACKLOG_MANY) return ok(text);
  return warn(text, "it is catching up: `convex-peer watch` shows how fast");
}

async function clock(_own: OwnStatus, { connections: reports }: DoctorScene): Promise<Finding> {
  const skews = (await reports).flatMap(({ clockSkewMs }) =>
    clockSkewMs === null ? [] : [clockSkewMs],
  );
  if (skews.length === 0) return skip("no other peer has told its time");
  const sorted = skews.sort((a, b) => a - b);
  const skew = -(sorted[sorted.length >> 1] ?? 0);
  const side = skew < 0 ? "behind" : "ahead of";
  const text = `${(Math.abs(skew) / SECOND_MS).toFixed(2)} s ${side} the other peers`;
  const fix = "have the time synchronised: `timedatectl set-ntp true`";
  if (Math.abs(skew) > SKEW_FAIL_MS) return fail(text, fix);
  return Math.abs(skew) > SKEW_WARN_MS ? warn(text, fix) : ok(text);
}

async function peerPort({ peer, process }: OwnStatus, { client }: DoctorScene): Promise<Finding> {
  const answer = await (await client)?.status();
  const text = `port ${process.peerPort} answers on this machine`;
  if (answer !== undefined && toHex(bytesOfKey(answer.peer)) === peer) return ok(text);
  return fail(`port ${process.peerPort} does not answer as this peer`, "restart the peer");
}

async function api({ process }: OwnStatus): Promise<Finding> {
  const base = process.api;
  if (base === undefined) return skip("it does not tell where");
  const parsed = URL.parse(base);
  if (parsed === null) return skip(`an address with a zone, ${base}, can't be asked`);
  const { protocol, hostname, port } = parsed;
  const url = `${protocol}//${hostname.includes(":") ? hostname : localHost(hostname)}:${port}/livez`;
  const signal = AbortSignal.timeout(HTTP_TIMEOUT_MS);
  const response = await fetch(url, { signal }).catch(() => null);
  if (response?.ok) return ok(`${base} answers`);
  const found = response === null ? "does not answer" : `answers ${response.status}`;
  return fail(`${base} ${found}`, "see its log, and that nothing stands between");
}

function apiExposure({ process }: OwnStatus): Finding {
  const base = process.api;
  if (base === undefined) return skip("it does not tell where");
  // One with a zone is no URL, and is another machine's neighbour.
  const url = URL.parse(base);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url?.hostname ?? "");
  const isSecure = url?.protocol === "https:" || (process.https ?? null) !== null;
  if (isLocal) return ok(isSecure ? "this machine, and others over TLS" : "this machine only");
  const fix = "leave --api-bind away: --domain opens the API to others over TLS";
  return warn("open to other machines in clear text", fix);
}

function certificate({ process }: OwnStatus): Finding {
  const { https = null, certificateEndsMs = null } = process;
  if (https === null) return skip("no HTTPS");
  const fix = "see the log for why it was not renewed; the domain must lead to this machine";
  if (certificateEndsMs === null) return fail(`${https} has none yet`, fix);
  const days = Math.floor((certificateEndsMs - SYSTEM_CLOCK.now()) / DAY_MS);
  const text = `${days} days are left`;
  if (days < 0) return fail("it has ended", fix);
  return days < CERTIFICATE_LOW_DAYS ? warn(text, fix) : ok(text);
}

async function stake(_own: OwnStatus, scene: DoctorScene): Promise<Finding> {
  const record = await scene.record;
  if (record === null) {
    return warn("not registered: it follows the network as observer", "`convex-peer peer create`");
  }
  if (record.isOverdrawn) return fail(overdrawnText(record), overdrawnAdvice(record));
  const text = coinsText(record.own);
  if (isEligible(record.own)) return ok(`${text}, it takes part`);
  return fail(`${text}, below the minimum of 1,000 CVM`, "`convex-peer stake add AMOUNT`");
}

async function controllerFunds(_own: OwnStatus, scene: DoctorScene): Promise<Finding> {
  const [record, client] = await Promise.all([scene.record, scene.client]);
  if (record === null || client === null) return skip("not registered");
  const { balance } = await accountFacts(client, record.controller);
  const text = `${addressText(record.controller)} has ${coinsText(balance)}`;
  if (balance >= CONTROLLER_LOW) return ok(text);
  return warn(`${text}: too little to pay for a withdrawal`, "send some coins to it");
}

async function published({ process }: OwnStatus, scene: DoctorScene): Promise<Finding> {
  const record = await scene.record;
  if (record === null) return skip("not registered");
  const { url } = record;
  if (url === null) {
    const fix = "`convex-peer peer set-url tcp://HOST:PORT`";
    return warn("none: other peers can't find this one", fix);
  }
  if (process.url === undefined || process.url === null || process.url === url) return ok(url);
  return warn(
    `${url} in the State, ${process.url} wanted`,
    `convex-peer peer set-url ${process.url}`,
  );
}

async function reachable({ peer }: OwnStatus, scene: DoctorScene): Promise<Finding> {
  const url = (await scene.record)?.url ?? null;
  if (url === null) return skip("no published address");
  const address = parsePeerUrl(url);
  if (address === null)
    return fail(`${url} is no address`, "`convex-peer peer set-url tcp://HOST:PORT`");
  const client = await PeerClient.connect(address).catch(() => null);
  const fix = "forward the port and open the firewall; behind a router this may be a false alarm";
  if (client === null) return warn(`${url} is not reached from here`, fix);
  try {
    const answer = await client.status();
    if (toHex(bytesOfKey(answer.peer)) === peer) return ok(`${url} answers as this peer`);
    return fail(`another peer answers at ${url}`, "`convex-peer peer set-url tcp://HOST:PORT`");
  } finally {
    client.close();
  }
}

export const PEER_CHECKS: readonly Check<DoctorScene>[] = [
  { id: "running", title: "peer", run: running },
  ofRunning("version", "version", version),
  ofRunning("live", "liveness", live),
  ofRunning("ready", "consensus", ready),
  ofRunning("connections", "connections", connections),
  ofRunning("agreement", "agreement", agreement),
  ofRunning("progress", "progress", progress),
  ofRunning("clock", "clock", clock),
  ofRunning("peer-port", "peer port", peerPort),
  ofRunning("api", "API", api),
  ofRunning("api-exposure", "API exposure", apiExposure),
  ofRunning("certificate", "certificate", certificate),
  ofRunning("stake", "stake", stake),
  ofRunning("controller-funds", "controller's coins", controllerFunds),
  ofRunning("url", "published address", published),
  ofRunning("reachable", "reachability", reachable),
];
