// What doctor looks at, asked for once and shared by its checks.

import type { ConnectionReport } from "../../peer/operator/operator-commands.ts";
import { OperatorSocketError, SilentPeerError } from "../../peer/operator/operator-socket.ts";
import { askOperator, type OwnStatus, ownStatus } from "../contact/operator.ts";
import { localHost } from "../contact/own-peer.ts";
import { PeerClient } from "../contact/peer-client.ts";
import { findPeer, type PeerFacts } from "../contact/peer-facts.ts";
import { type DataFolder, placesOf } from "../files/data-folder.ts";
import { requireAccess } from "../files/file-presence.ts";
import { permissionWords } from "../files/permission.ts";
import { SystemFailure } from "../system-failure.ts";

export interface DoctorScene {
  readonly folder: DataFolder;
  /** What the running peer says of itself, null when none runs. */
  readonly own: Promise<OwnStatus | null>;
  /** That one listens and does not answer, null when that is not so. */
  readonly silence: Promise<SilentPeerError | null>;
  readonly connections: Promise<readonly ConnectionReport[]>;
  /** The binary protocol of the running peer, null when none runs. */
  readonly client: Promise<PeerClient | null>;
  /** Its record in the State, null without one. */
  readonly record: Promise<PeerFacts | null>;
}

/**
 * What to do about a data directory that is closed to this user, null when it is open or absent.
 */
export function barrierOf(root: string): string | null {
  try {
    requireAccess(root);
    return null;
  } catch (error) {
    if (error instanceof SystemFailure) return permissionWords(root);
    throw error;
  }
}

async function nullWithoutPeer<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OperatorSocketError) return null;
    throw error;
  }
}

/** Before a check is given up. */
const ANSWER_TIMEOUT_MS = 3_000;

async function silenceOf(answer: Promise<unknown>): Promise<SilentPeerError | null> {
  try {
    await answer;
  } catch (error) {
    // Others are told by the checks of what was asked.
    if (error instanceof SilentPeerError) return error;
  }
  return null;
}

/** Asks for everything at once; what fails is told by the checks that need it. */
export function openScene(dataDir: string | undefined): DoctorScene {
  const status = ownStatus(dataDir, ANSWER_TIMEOUT_MS);
  const own = nullWithoutPeer(status);
  const silence = silenceOf(status);
  const list = askOperator(dataDir, "list", undefined, ANSWER_TIMEOUT_MS);
  const connections = nullWithoutPeer(list).then(
    (reports) => (reports ?? []) as readonly ConnectionReport[],
  );
  const client = own.then((status) => {
    const { peerHost, peerPort } = status?.process ?? {};
    if (peerPort === undefined) return null;
    return PeerClient.connect({ host: localHost(peerHost), port: peerPort });
  });
  const record = Promise.all([own, client]).then(([status, asked]) =>
    status === null || asked === null ? null : findPeer(asked, status.peer),
  );
  // Each check that needs one of these meets its failure; where none does, nothing is lost.
  for (const promise of [own, connections, client, record]) promise.catch(() => {});
  return { folder: placesOf(dataDir), own, silence, connections, client, record };
}

/**
 * Closes the connection to the peer once it is open; that it could not be opened is told by the
 * checks.
 */
export async function closeScene({ client }: DoctorScene): Promise<void> {
  const open = await client.catch(() => null);
  open?.close();
}
