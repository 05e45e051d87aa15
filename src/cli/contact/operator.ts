// Commands to the peer of a data directory, by its socket.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PeerHealth } from "../../peer/health.ts";
import type { NamedHostReport } from "../../peer/operator/operator-commands.ts";
import {
  askPeer,
  NoPeerError,
  OperatorSocketError,
  SilentPeerError,
} from "../../peer/operator/operator-socket.ts";
import { lastHolder, storeHolder } from "../../store/store-lock.ts";
import { sealAdvice } from "../emergency/sealing.ts";
import { CommandError, EXIT } from "../failure.ts";
import { dataFolder, OPERATOR_SOCKET, SYSTEM_FOLDER } from "../files/data-folder.ts";

/** What a running peer says of its process; all but the version may be absent. */
export interface RunningProcess extends Readonly<Record<string, unknown>> {
  readonly version: string;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly memoryBytes: number;
  readonly peerHost: string;
  readonly peerPort: number;
  /** Address of its HTTP API. */
  readonly api: string;
  /** The same over HTTPS, null without. */
  readonly https: string | null;
  /** When its certificate ends, ms since 1970; null when it has none. */
  readonly certificateEndsMs: number | null;
  /** Address that others are to find in the State. */
  readonly url: string | null;
  readonly hasFaucet: boolean;
}

/** What a running peer tells its operator. */
export interface OwnStatus extends Omit<PeerHealth, "votingShare" | "reachableShare"> {
  readonly peer: string;
  readonly genesis: string;
  readonly state: string;
  readonly belief: string;
  readonly wantedOutgoing: number;
  /** Number of peers and hosts banned; as the next, not told by peers of earlier versions. */
  readonly banned?: number;
  readonly votingShare?: number;
  readonly reachableShare?: number;
  readonly namedHosts?: readonly NamedHostReport[];
  readonly process: Partial<RunningProcess>;
}

/** @throws OperatorSocketError when none runs, or answers in time */
export async function ownStatus(
  dataDir: string | undefined,
  timeoutMs?: number,
): Promise<OwnStatus> {
  return (await askOperator(dataDir, "status", undefined, timeoutMs)) as OwnStatus;
}

/** Null when none runs. @throws SilentPeerError when it hangs; as `askOperator` otherwise */
export async function runningStatus(dataDir: string | undefined): Promise<OwnStatus | null> {
  try {
    return await ownStatus(dataDir);
  } catch (error) {
    if (!(error instanceof OperatorSocketError) || error instanceof SilentPeerError) throw error;
    return null;
  }
}

/**
 * Where else the peer meant may run: who has named no data directory may mean that of the service.
 */
function elsewhere(dataDir: string | undefined, root: string): string {
  if (dataDir !== undefined || root === SYSTEM_FOLDER || !existsSync(SYSTEM_FOLDER)) return "";
  return `; the machine's service has ${SYSTEM_FOLDER}: ask it as root (sudo)`;
}

/**
 * That a process has the store open of which no operator hears, and what that may be; null when
 * there is none. A peer that joins a network has none until it knows which.
 */
export function deafHolder(root: string): readonly [finding: string, fix: string] | null {
  const pid = storeHolder(root);
  if (pid === null) return null;
  const finding = `process ${pid} has the store in ${root} open, and listens on no ${OPERATOR_SOCKET}`;
  const fix = "a peer that starts or stops, or another command; else see its log, and restart it";
  return [finding, fix];
}

/**
 * What the running peer answers.
 * @throws OperatorSocketError when none runs, SilentPeerError when it hangs; SystemFailure when it
 * is another user's; CommandError when it refuses
 */
export async function askOperator(
  dataDir: string | undefined,
  command: string,
  target?: string,
  timeoutMs?: number,
): Promise<unknown> {
  const { root } = dataFolder(dataDir);
  const path = join(root, OPERATOR_SOCKET);
  try {
    const reply = await askPeer(
      path,
      target === undefined ? { command } : { command, target },
      timeoutMs,
    );
    if (reply.ok) return reply.result;
    throw new CommandError(EXIT.DATAERR, reply.error);
  } catch (error) {
    if (!(error instanceof OperatorSocketError)) throw error;
    const sealed = sealAdvice(root);
    if (error instanceof SilentPeerError) throw new SilentPeerError(path, lastHolder(root), sealed);
    if (sealed !== null)
      throw new OperatorSocketError(`No peer runs in ${root}, which was ${sealed}`);
    const deaf = error instanceof NoPeerError ? deafHolder(root) : null;
    if (deaf !== null) throw new OperatorSocketError(`No peer answers: ${deaf.join(": ")}`);
    throw new OperatorSocketError(error.message + elsewhere(dataDir, root));
  }
}
