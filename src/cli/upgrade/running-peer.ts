// The peer that runs while its executable is replaced: how it is restarted, and whether it is well
// after.

import { SilentPeerError } from "../../peer/operator/operator-socket.ts";
import { type OwnStatus, runningStatus } from "../contact/operator.ts";
import { CommandError, EXIT } from "../failure.ts";
import { type Scope, Systemd } from "../service/systemd.ts";
import { unitWord } from "../service/unit-file.ts";

const LOOK_MS = 100;

export interface Restarter {
  /** Said before. */
  readonly name: string;
  /** @throws CommandError when it fails, or an operator's command is not done in time */
  restart(timeoutMs: number): Promise<void>;
}

const SECOND_MS = 1_000;

function byCommand(command: string): Restarter {
  return {
    name: `\`${command}\``,
    restart: async (timeoutMs) => {
      const child = Bun.spawn(["/bin/sh", "-c", command], {
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
        timeout: timeoutMs,
        killSignal: "SIGKILL",
      });
      const exitCode = await child.exited;
      if (exitCode === 0) return;
      const seconds = timeoutMs / SECOND_MS;
      const how =
        child.signalCode === "SIGKILL"
          ? `has not ended within ${seconds} s, and was killed: it must not wait for the peer`
          : `ended with code ${exitCode}`;
      throw new CommandError(EXIT.UNAVAILABLE, `${command} ${how}`);
    },
  };
}

async function bySystemd(executable: string): Promise<Restarter | null> {
  for (const scope of ["system", "user"] satisfies Scope[]) {
    const systemd = new Systemd(scope);
    const isOurs = systemd.read()?.includes(`ExecStart=${unitWord(executable)} `) === true;
    if (!isOurs || !(await systemd.isActive())) continue;
    return {
      name: systemd.name,
      restart: async () => {
        await systemd.control("restart", systemd.name);
      },
    };
  }
  return null;
}

/** How the peer of this executable is restarted; null when nobody knows. */
export async function restarterOf(
  executable: string,
  command: string | undefined,
): Promise<Restarter | null> {
  return command === undefined ? bySystemd(executable) : byCommand(command);
}

/** What a peer must be after its executable has changed. */
export interface Gate {
  readonly dataDir: string | undefined;
  readonly version: string;
  /** The process that it must not be any more. */
  readonly formerPid: number | null;
  /** Whether it must be ready; one that was not before need only run. */
  readonly mustBeReady: boolean;
  readonly timeoutMs: number;
}

/** Null when the peer is well within the time, at the first look at least; else why it isn't. */
export async function unwellness(gate: Gate): Promise<string | null> {
  const deadline = performance.now() + gate.timeoutMs;
  for (;;) {
    const why = await shortcomingNow(gate);
    if (why === null || performance.now() >= deadline) return why;
    await Bun.sleep(LOOK_MS);
  }
}

async function shortcomingNow(gate: Gate): Promise<string | null> {
  try {
    const status = await runningStatus(gate.dataDir);
    return status === null ? "no peer runs" : shortcoming(status, gate);
  } catch (error) {
    if (error instanceof SilentPeerError) return error.message;
    throw error;
  }
}

function shortcoming(status: OwnStatus, gate: Gate): string | null {
  const { pid, version } = status.process;
  if (pid === gate.formerPid) return "the peer was not restarted";
  if (version !== gate.version) return `the peer that runs is of version ${version}`;
  if (!status.isLive) return `the peer has stopped for good: ${status.obstacle}`;
  return gate.mustBeReady && !status.isReady ? `the peer is not ready: ${status.obstacle}` : null;
}
