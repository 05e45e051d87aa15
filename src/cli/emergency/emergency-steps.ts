// The three steps of an emergency. Each can be repeated: it does what is not done yet, and says
// what it found.

import { join } from "node:path";
import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import { readForm } from "../../cvm/compile/read-form.ts";
import { Keyword } from "../../data/keyword.ts";
import { KeyStore } from "../../keys/key-store.ts";
import { SilentPeerError } from "../../peer/operator/operator-socket.ts";
import { STORE_FILE } from "../../store/sqlite-store.ts";
import { StoreError } from "../../store/store.ts";
import { lastHolder, StoreLock } from "../../store/store-lock.ts";
import { accountFacts } from "../contact/account-facts.ts";
import { askOperator, runningStatus } from "../contact/operator.ts";
import type { PeerClient } from "../contact/peer-client.ts";
import { findPeer, isEligible } from "../contact/peer-facts.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";
import { type SignerChoice, shortKey } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText } from "../terminal/amounts.ts";
import { changeStake } from "../transactions/stake-change.ts";
import type { Receipt, SubmitFlags } from "../transactions/submission.ts";
import { openController, requireIndependent } from "./outlook.ts";
import {
  closeToStart,
  requireSealable,
  sealedPath,
  sealedText,
  sealOf,
  sealPeer,
} from "./sealing.ts";

/** Longest wait for the peer to stop, and how often it is looked. */
const STOP_TIMEOUT_MS = 15_000;
const LOOK_MS = 50;
const SECOND_MS = 1_000;

export type StepName = "stop" | "seal" | "withdraw";

/**
 * `done` now, `already`: nothing to do here, `planned` by a dry run, `handed on` to another
 * machine, `waits` for the withdrawal.
 */
export type StepState = "done" | "already" | "planned" | "handed on" | "waits" | "failed";

export interface StepReport {
  readonly step: StepName;
  readonly state: StepState;
  readonly detail: string;
  readonly receipt?: Receipt;
}

export interface EmergencyScene {
  readonly folder: DataFolder;
  readonly dataDir: string | undefined;
  /** Public key of the peer in hex. */
  readonly peer: string;
  readonly isDryRun: boolean;
}

/** Public key of the peer that runs in the data directory, null when none does, or it hangs. */
async function runningPeer(dataDir: string | undefined): Promise<string | null> {
  try {
    return (await runningStatus(dataDir))?.peer ?? null;
  } catch (error) {
    if (error instanceof SilentPeerError) return null;
    throw error;
  }
}

/** Whether no process has the store open. */
function isStoreFree({ root }: DataFolder): boolean {
  try {
    if (isThere(join(root, STORE_FILE))) StoreLock.acquire(root).release();
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === "IN_USE") return false;
    throw error;
  }
}

/** @throws CommandError while a process that does not answer has the store open: it may hang */
function requireEnded(folder: DataFolder): void {
  if (isStoreFree(folder)) return;
  const pid = lastHolder(folder.root);
  const who = pid === null ? "a process" : `process ${pid}`;
  const fix = `end it (systemctl stop, or kill -9 ${pid ?? "PID"}), and run emergency again`;
  throw new CommandError(EXIT.TEMPFAIL, `${who} has the store open, and does not answer: ${fix}`);
}

/** Whether the peer answers no more, and nobody has its store open, within the time. */
async function hasStopped({ dataDir, folder }: EmergencyScene): Promise<boolean> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if ((await runningPeer(dataDir)) === null && isStoreFree(folder)) return true;
    await Bun.sleep(LOOK_MS);
  }
  return false;
}

/**
 * As `runningPeer`; what becomes of a process is waited for that has the store open and listens to
 * nobody: it stops already, or starts.
 */
async function settledPeer({ dataDir, folder }: EmergencyScene): Promise<string | null> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  try {
    for (;;) {
      const status = await runningStatus(dataDir);
      if (status !== null) return status.peer;
      if (isStoreFree(folder) || performance.now() >= deadline) return null;
      await Bun.sleep(LOOK_MS);
    }
  } catch (error) {
    if (error instanceof SilentPeerError) return null;
    throw error;
  }
}

/** Stops the peer of the data directory. @param now time of this emergency */
export async function stopStep(scene: EmergencyScene, now: Date): Promise<StepReport> {
  const { dataDir, folder, isDryRun } = scene;
  const step = "stop";
  const running = await (isDryRun ? runningPeer(dataDir) : settledPeer(scene));
  if (running !== null && running !== scene.peer) {
    const detail = `another peer runs in this data directory, ${shortKey(running)}: it goes on`;
    return { step, state: "already", detail };
  }
  if (running === null) {
    requireEnded(folder);
    return { step, state: "already", detail: "no peer runs in this data directory" };
  }
  if (isDryRun) return { step, state: "planned", detail: "the peer runs, and would be stopped" };
  // What keeps it up must not start it again meanwhile; where that can't be, `seal` will say so.
  closeToStart(folder, scene.peer, now);
  await askOperator(dataDir, "stop");
  if (await hasStopped(scene)) {
    return { step, state: "done", detail: "the peer has stopped" };
  }
  const fix = "end its process by hand (systemctl stop, kill), and run emergency again";
  const seconds = STOP_TIMEOUT_MS / SECOND_MS;
  throw new CommandError(EXIT.TEMPFAIL, `the peer has not stopped in ${seconds} s: ${fix}`);
}

/** Why there is nothing to seal in a data directory, null when there is. */
function notOurs({ folder, peer }: EmergencyScene): string | null {
  if (!isThere(folder.root)) return "no data directory here: seal the key where it lies";
  if (sealOf(folder.root) !== null) return null;
  const { keys, faults } = new KeyStore(folder.keys).inventory();
  // A bad file may be its own, unless the name tells another key.
  const mayBeOurs = faults.some(({ publicKey }) => publicKey === null || publicKey === peer);
  const isOurs = mayBeOurs || keys.some(({ publicKey }) => publicKey === peer);
  const isOthers = keys.length > 0 && !isOurs;
  return isOthers ? "this data directory is another peer's: seal the key where it lies" : null;
}

/** Makes the key file useless to `start`, and the data directory closed to it. */
export function sealStep(scene: EmergencyScene, now: Date): StepReport {
  const { folder, peer, isDryRun } = scene;
  const step = "seal";
  const reason = notOurs(scene);
  if (reason !== null) return { step, state: "already", detail: reason };
  if (isDryRun) {
    const seal = sealOf(folder.root);
    if (seal !== null) return { step, state: "already", detail: sealedText(seal) };
    requireSealable(folder);
    return { step, state: "planned", detail: `the key ${shortKey(peer)} would be sealed` };
  }
  const { mark, keyFile } = sealPeer(folder, peer, now);
  const where = keyFile ?? "no key file of this peer in the data directory: seal the one you use";
  const state = mark === "made" ? "done" : "already";
  return { step, state, detail: `start refuses this directory; ${where}` };
}

/** @throws CommandError when the peer gone through would refuse a transaction */
async function requireReady(client: PeerClient): Promise<void> {
  const fix = "its own `convex-peer health` says why. Bring it back, or name another with --via";
  const { info } = await client.ask(readForm("*timestamp*"));
  if (info?.get(Keyword.of("stale")) === true) {
    const what = "the peer of --via takes no part in consensus at present, and no transactions";
    throw new CommandError(EXIT.TEMPFAIL, `${what}: ${fix}`);
  }
  const { peer } = await client.status();
  const found = await findPeer(client, toHex(bytesOfKey(peer)));
  if (found !== null && isEligible(found.own)) return;
  const what = "the peer of --via has too little stake, and takes no transactions: name another";
  throw new CommandError(EXIT.TEMPFAIL, what);
}

/** Where the peer's key is once all is done, for who must sign with it a last time. */
function keyAfter({ folder, peer }: EmergencyScene, { keyFile }: SignerChoice): string {
  const sealed = sealedPath(folder, peer);
  const { keys } = new KeyStore(folder.keys).inventory();
  const isHere = isThere(sealed) || keys.some(({ publicKey }) => publicKey === peer);
  return isHere ? sealed : (keyFile ?? "FILE");
}

/**
 * Takes all stake back through an independent peer.
 * @param choice with the controller's key when that is open already
 */
export async function withdrawStep(
  scene: EmergencyScene,
  client: PeerClient,
  choice: SignerChoice,
  flags: SubmitFlags,
): Promise<StepReport> {
  const step = "withdraw";
  const { peer, isDryRun } = scene;
  const genesis = await requireIndependent(client, peer);
  const found = await findPeer(client, peer);
  if (found === null) {
    const detail = `the network of --via has no record of this peer (its genesis is ${genesis})`;
    return { step, state: "already", detail };
  }
  const { controller } = found;
  const account = await accountFacts(client, controller);
  const who = addressText(controller);
  const signsHere = flags.offline === undefined && found.shares !== 0;
  // Better found now than in the emergency.
  if (isDryRun && signsHere) await requireReady(client);
  const opened = signsHere
    ? (choice.opened ?? (await openController(scene, choice, account)))
    : undefined;
  const { outcome, before } = await changeStake(
    client,
    peer,
    () => 0,
    { ...choice, opened },
    flags,
  );
  const amount = coinsText(before.own);
  // Run again, it is still to be done: the coins are not safe.
  const how = `--address '${who}' --via ${flags.via ?? "HOST:PORT"} --key-file ${keyAfter(scene, choice)}`;
  const fix = `give ${who} another key at once: convex-peer transact ${how} '(set-key 0x…)'`;
  const broken = account.key === peer ? `, which has the broken key: ${fix}` : "";
  if (outcome === null) {
    return { step, state: "already", detail: `no stake is left to ${who}${broken}` };
  }
  if (outcome.kind === "shown") {
    return { step, state: "planned", detail: `${amount} would go back to ${who}` };
  }
  if (outcome.kind === "written") {
    const detail = `${amount} wait for a signature: ${outcome.file}`;
    return { step, state: "handed on", detail };
  }
  const { receipt } = outcome;
  return { step, state: "done", detail: `${amount} went back to ${who}${broken}`, receipt };
}
