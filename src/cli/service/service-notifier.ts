// Tells systemd how the peer is (sd_notify(3)): that it starts, and needs longer while it
// synchronises; that it is ready; that it lives, for as long as it does; that it stops.

import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { healthOf } from "../../peer/health.ts";
import type { NetworkedPeer } from "../../peer/networked-peer.ts";
import { sayAsLog } from "../log/notices.ts";
import { NotifySocket, NotifySocketError } from "./notify-socket.ts";

/** What is said of the peer while it runs. */
export interface Pulse {
  /** Whether restarting it would help nothing. */
  readonly isLive: boolean;
  /** One line for `systemctl status`. */
  readonly text: string;
}

/** Of it NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read. */
export type NotifierEnvironment = Readonly<Record<string, string | undefined>>;

const MILLISECOND_US = 1_000;
/** How often more time is asked for while the peer starts, and how much. */
const STARTING_EVERY_MS = 10_000;
const STARTING_ASKS_US = 60_000_000;
/** How often the status line is renewed where there is no watchdog. */
const STATUS_EVERY_MS = 30_000;

export class ServiceNotifier {
  readonly #socket: Pick<NotifySocket, "send">;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(socket: Pick<NotifySocket, "send">, watchdogUs: number | null) {
    this.#socket = socket;
    // Half of the limit, as sd_watchdog_enabled(3) advises.
    this.#everyMs =
      watchdogUs === null ? STATUS_EVERY_MS : Math.max(1, watchdogUs / MILLISECOND_US / 2);
  }

  starting(text: string): void {
    const say = () =>
      this.#socket.send([`STATUS=${text}`, `EXTEND_TIMEOUT_USEC=${STARTING_ASKS_US}`]);
    say();
    this.#repeat(say, STARTING_EVERY_MS);
  }

  /** From here a peer that is not live, or whose main thread hangs, is restarted. */
  ready(pulse: () => Pulse): void {
    const say = (first: readonly string[]) => {
      const { isLive, text } = pulse();
      this.#socket.send([...first, `STATUS=${oneLine(text)}`, ...(isLive ? ["WATCHDOG=1"] : [])]);
    };
    say(["READY=1"]);
    this.#repeat(() => say([]), this.#everyMs);
  }

  stopping(): void {
    this.#repeat(null, 0);
    this.#socket.send(["STOPPING=1", "STATUS=stopping"]);
  }

  #repeat(work: (() => void) | null, everyMs: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = work === null ? null : setInterval(work, everyMs);
    this.#timer?.unref();
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** Microseconds within which systemd wants to hear of this process, null when it doesn't. */
export function watchdogUs(environment: NotifierEnvironment, pid: number): number | null {
  const { WATCHDOG_USEC: limit, WATCHDOG_PID: watched } = environment;
  if (limit === undefined || !/^[1-9]\d{0,15}$/.test(limit)) return null;
  return watched === undefined || Number(watched) === pid ? Number(limit) : null;
}

/** Null where no systemd listens. */
export function serviceNotifier(environment: NotifierEnvironment): ServiceNotifier | null {
  const { NOTIFY_SOCKET: path } = environment;
  if (path === undefined || path === "") return null;
  try {
    return new ServiceNotifier(new NotifySocket(path), watchdogUs(environment, process.pid));
  } catch (error) {
    if (!(error instanceof NotifySocketError)) throw error;
    sayAsLog("peer", "warn", `systemd can't be told how the peer is: ${error.message}`);
    return null;
  }
}

/** What a running peer says of itself. */
export function pulseOf(networked: NetworkedPeer): Pulse {
  const { isLive, isReady, role, obstacle, position, outgoing, incoming } = healthOf(
    networked,
    SYSTEM_CLOCK,
  );
  const standing = obstacle === null ? "takes part in consensus" : `${role}: ${obstacle}`;
  const ready = isReady ? "" : "NOT ready, ";
  const connections = `${outgoing} connections out, ${incoming} in`;
  return { isLive, text: `${ready}${standing}; ${position} blocks, ${connections}` };
}
