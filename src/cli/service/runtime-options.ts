// What the runtime takes from the environment alone, before it runs a line: a program that is to
// run for long starts itself once more with it, as the same process (execve(2); some 6 ms).

import { ptr } from "bun:ffi";
import { openCLibrary } from "../../net/c-library.ts";
import { IS_COMPILED } from "./compiled.ts";

const LONG_RUNNING = ["start", "local"];
const OPTIONS: Readonly<Record<string, string>> = {
  // How often a function runs before the costliest compiler takes it (64,000 in the runtime). What
  // a peer does for each transaction passes that within seconds, and gains little by it: in the
  // first 15,000 invokes the compiler took as much processor time as the peer itself, with
  // 1,000,000 a third of it. With 5,000,000 it takes 2.4 s instead of 3.7 for 140,000 transfers
  // among three peers, which go as fast. Loops of programs pass the limit all the same.
  BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: "5000000",
  // By how much of itself the heap may grow until it is collected (2 in the runtime): of three
  // peers under load the largest was 311 MB at most, 459 without, for 1.6 % of the transfers.
  BUN_JSC_heapGrowthMaxIncrease: "1",
};

/** `--config FILE` may stand before a command. */
export const CONFIG_FLAG = "--config";

type Environment = Readonly<Record<string, string | undefined>>;

function commandOf([first = "", second, third]: readonly string[]): string {
  if (first === CONFIG_FLAG) return third ?? "";
  return first.startsWith(`${CONFIG_FLAG}=`) ? (second ?? "") : first;
}

/**
 * Environment with which a command is to be started once more, `NAME=value`; null when it is to go
 * on as it is: it is over soon, or every option has a value, ours or the operator's.
 */
export function environmentOfRestart(
  typed: readonly string[],
  environment: Environment,
): string[] | null {
  if (!LONG_RUNNING.includes(commandOf(typed)) || typed.includes("--help")) return null;
  const missing = Object.entries(OPTIONS).filter(([name]) => environment[name] === undefined);
  if (missing.length === 0) return null;
  const kept = Object.entries(environment).filter(([, value]) => value !== undefined);
  return [...kept, ...missing].map(([name, value]) => `${name}=${value}`);
}

/** char*[]: addresses of texts that end with 0, and the texts, which must outlive them. */
function textList(texts: readonly string[]) {
  const held = texts.map((text) => Buffer.from(`${text}\0`));
  const list = new BigUint64Array(held.length + 1);
  held.forEach((text, i) => {
    list[i] = BigInt(ptr(text));
  });
  return { list, held };
}

/**
 * Starts this executable once more where its command gains by it. Comes back only when there is
 * nothing to gain, or the system can't or won't, which costs speed alone.
 */
export function restartWithRuntimeOptions(typed: readonly string[]): void {
  const environment = environmentOfRestart(typed, process.env);
  if (environment === null || !IS_COMPILED) return;
  const library = openCLibrary({ execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" } });
  const path = Buffer.from(`${process.execPath}\0`);
  const words = textList([process.argv0, ...typed]);
  const variables = textList(environment);
  library?.symbols.execve(ptr(path), ptr(words.list), ptr(variables.list));
}
