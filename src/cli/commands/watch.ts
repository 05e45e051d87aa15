// `watch`: the running peer, looked at every second. On a terminal a picture that is drawn anew;
// elsewhere, and where nothing can be drawn over, a line a look.

import { buildCommand } from "@stricli/core";
import { createLogUpdate } from "log-update";
import type { ConnectionReport } from "../../peer/operator/operator-commands.ts";
import { OperatorSocketError } from "../../peer/operator/operator-socket.ts";
import { askOperator, ownStatus } from "../contact/operator.ts";
import { guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { printJsonLine } from "../terminal/json-line.ts";
import { isScreen, onEndSignal, withSize } from "../terminal/screen.ts";
import { type WatchSample, WatchView } from "../terminal/watch-view.ts";

const SECOND_MS = 1_000;
const EVERY_MAX_S = 3_600;
const COUNT_MAX = 1_000_000;
const ONCE_COLUMNS = 100;
const ONCE_LINES = 40;
const CTRL_C = "\x03";

interface WatchFlags {
  readonly dataDir?: string | undefined;
  readonly every: number;
  readonly count?: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
}

async function look(dataDir: string | undefined): Promise<WatchSample> {
  const own = await ownStatus(dataDir);
  const connections = (await askOperator(dataDir, "list")) as readonly ConnectionReport[];
  return { atMs: performance.now(), own, connections };
}

function print(view: WatchView, sample: WatchSample, json: boolean): void {
  if (json) printJsonLine({ ...sample.own, connections: sample.connections, rate: view.rate });
  else process.stdout.write(`${new Date().toISOString()}  ${view.line}\n`);
}

async function once({ dataDir, json }: WatchFlags): Promise<void> {
  const view = new WatchView();
  const sample = await look(dataDir);
  view.add(sample);
  if (json) print(view, sample, json);
  else process.stdout.write(`${view.frame(ONCE_COLUMNS, ONCE_LINES)}\n`);
}

/** Where it is shown, and until when. */
interface Watching {
  readonly show: (view: WatchView, sample: WatchSample) => void;
  readonly showAbsent: (why: string) => void;
  /** Resolves when it is to end, with null; null when only its count or the process ends it. */
  readonly over: Promise<null> | null;
}

/** Looks again and again, and shows; a peer that is restarted is waited for. */
async function again(flags: WatchFlags, { show, showAbsent, over }: Watching): Promise<void> {
  const view = new WatchView();
  const looks = flags.count ?? Number.POSITIVE_INFINITY;
  // A promise that never settles would keep what each race with it has left.
  const unlessOver = <T>(work: Promise<T>) => (over === null ? work : Promise.race([over, work]));
  for (let i = 0; i < looks; i++) {
    const pause = i === 0 ? 0 : flags.every * SECOND_MS;
    const isOver = (await unlessOver(Bun.sleep(pause))) === null;
    if (isOver) return;
    try {
      // A peer that hangs keeps nobody from leaving.
      const sample = await unlessOver(look(flags.dataDir));
      if (sample === null) return;
      view.add(sample);
      show(view, sample);
    } catch (error) {
      // The first look must succeed: then it is known whom to wait for.
      if (i === 0 || !(error instanceof OperatorSocketError)) throw error;
      showAbsent(error.message);
    }
  }
}

/**
 * The keys of a terminal; `end` is called on `q` and Ctrl-C. Answers what gives the terminal back.
 */
function listenToKeys(end: () => void): () => void {
  const { stdin } = process;
  const onKeys = (keys: Buffer) => {
    const text = keys.toString();
    if (text.includes("q") || text.includes(CTRL_C)) end();
  };
  stdin.setRawMode(true);
  stdin.on("data", onKeys);
  stdin.resume();
  return () => {
    stdin.off("data", onKeys);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

async function onTerminal(flags: WatchFlags): Promise<void> {
  const over = Promise.withResolvers<null>();
  const end = () => over.resolve(null);
  const screen = withSize(process.stdout);
  const update = createLogUpdate(screen);
  const giveBack = listenToKeys(end);
  // Kept until the end: what brings the cursor back ends the process on a signal that nobody else
  // listens to, with the terminal as it is.
  const letSignalsBe = onEndSignal(end);
  const draw = (text: string) => update(`${text}\n\n  q ends`);
  const show = (view: WatchView) => draw(view.frame(screen.columns, screen.rows - 4));
  try {
    await again(flags, { show, showAbsent: draw, over: over.promise });
  } finally {
    update.done();
    giveBack();
    letSignalsBe();
  }
  // A peer that hangs may have been asked a moment ago.
  process.exit();
}

async function watch(flags: WatchFlags): Promise<void> {
  if (flags.once) return once(flags);
  const isTerminal = isScreen(process.stdout) && process.stdin.isTTY === true;
  if (isTerminal && !flags.json) return onTerminal(flags);
  const show = (view: WatchView, sample: WatchSample) => print(view, sample, flags.json);
  const showAbsent = (why: string) => process.stderr.write(`${why}\n`);
  await again(flags, { show, showAbsent, over: null });
}

/** @throws Error naming the range */
function parseEvery(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 0.1 && seconds <= EVERY_MAX_S) return seconds;
  throw new Error(`expected seconds from 0.1 to ${EVERY_MAX_S}, found '${text}'`);
}

/** @throws Error naming the range */
function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= COUNT_MAX) return count;
  throw new Error(`expected a number from 1 to ${COUNT_MAX}, found '${text}'`);
}

export const watchCommand = buildCommand({
  docs: {
    brief: "The running peer, live",
    fullDescription:
      "On a terminal a picture that is drawn anew every second; q or Ctrl-C ends it. Elsewhere a line " +
      "every second.",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      every: {
        kind: "parsed",
        parse: parseEvery,
        default: "1",
        placeholder: "SECONDS",
        brief: "Time between two looks",
      },
      count: {
        kind: "parsed",
        parse: parseCount,
        optional: true,
        placeholder: "N",
        brief: "End after so many looks",
      },
      once: { kind: "boolean", default: false, brief: "Show the picture once, as plain text" },
      json: jsonFlag,
    },
  },
  func: (flags: WatchFlags) => guarded(() => watch(flags)),
});
