// `bun run interop mixed|partition|history …`: networks of peers of the reference and of ours, in
// network namespaces that reach nothing else. `bun run interop programs …`: one program after the
// other on both.

import { history } from "./history.ts";
import { mixed } from "./mixed.ts";
import { hasSpaces, inOwnSpace } from "./network-space.ts";
import { partition } from "./partition.ts";
import { KINDS } from "./programs/kinds.ts";
import { comparePrograms } from "./programs/programs.ts";
import { CLASS_PATH, referenceClassPath } from "./reference.ts";

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

const binary = option("binary", "") === "" ? null : option("binary", "");

/** Partitions of ours alone, or with a peer of the reference on each side. */
async function runPartition(): Promise<void> {
  if (!hasSpaces()) {
    process.stdout.write("not run: network namespaces need root and `ip`\n");
    return;
  }
  const hasReference = process.argv.includes("--with-reference");
  if (hasReference && referenceClassPath() === null) {
    process.stdout.write(`not run: ${CLASS_PATH} names no reference\n`);
    return;
  }
  await inOwnSpace(async () => {
    const outcome = await partition(binary, hasReference);
    process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`);
    if (Math.max(...Object.values(outcome.healMs)) > 10_000) process.exitCode = 1;
  });
}

/** Programs of one kind, or of each. */
async function runPrograms(): Promise<void> {
  const kinds = option("kind", "") === "" ? Object.keys(KINDS) : option("kind", "").split(",");
  for (const kind of kinds) {
    const [seed, count] = [Number(option("seed", "1")), Number(option("count", "1000"))];
    const outcome = await comparePrograms(kind, seed, count, (text) => {
      process.stdout.write(`differs: ${text}\n`);
    });
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    if (outcome.differing > 0) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  if (process.argv[2] === "partition") return runPartition();
  if (process.argv[2] === "history") {
    const [blocks, kills, port] = [
      option("blocks", "10000"),
      option("kills", "5"),
      option("port", "18500"),
    ];
    const outcome = await history(binary, Number(blocks), Number(kills), Number(port));
    process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`);
    if (!outcome.isSame) process.exitCode = 1;
    return;
  }
  if (referenceClassPath() === null) {
    process.stdout.write(`not run: ${CLASS_PATH} names no reference\n`);
    return;
  }
  if (process.argv[2] === "programs") return runPrograms();
  if (process.argv[2] !== "mixed") {
    throw new Error("expected: mixed, partition, history or programs");
  }
  await inOwnSpace(async () => {
    const outcome = await mixed({
      reference: Number(option("reference", "3")),
      ours: Number(option("ours", "1")),
      seconds: Number(option("seconds", "60")),
      window: Number(option("window", "20")),
      kills: Number(option("kills", "1")),
      binary,
      port: Number(option("port", "18700")),
    });
    process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`);
    process.stderr.write(`${outcome.summary}\n`);
    if (outcome.faults.length > 0) process.exitCode = 1;
  });
}

await main();
