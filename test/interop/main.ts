// Networks of peers of the reference and of ours, in network namespaces that reach nothing else, or
// one program after the other on both.

import { readCommandLine } from "../../release/tool.ts";
import { history } from "./history.ts";
import { mixed } from "./mixed.ts";
import { hasSpaces, inOwnSpace } from "./network-space.ts";
import { TOOL, wantedBy } from "./options.ts";
import { partition } from "./partition.ts";
import { comparePrograms } from "./programs/programs.ts";
import { CLASS_PATH, referenceClassPath } from "./reference.ts";

const wanted = readCommandLine(TOOL, wantedBy);
const { work, binary, of } = wanted;

/** Partitions of ours alone, or with a peer of the reference on each side. */
async function runPartition(): Promise<void> {
  if (!hasSpaces()) {
    process.stdout.write("not run: network namespaces need root and `ip`\n");
    return;
  }
  const { hasReference } = wanted;
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
  for (const kind of wanted.kinds) {
    const outcome = await comparePrograms(kind, of("seed"), of("count"), (text) => {
      process.stdout.write(`differs: ${text}\n`);
    });
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    if (outcome.differing > 0) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  if (work === "partition") return runPartition();
  if (work === "history") {
    const outcome = await history(binary, of("blocks"), of("kills"), of("port"));
    process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`);
    if (!outcome.isSame) process.exitCode = 1;
    return;
  }
  if (referenceClassPath() === null) {
    process.stdout.write(`not run: ${CLASS_PATH} names no reference\n`);
    return;
  }
  if (work === "programs") return runPrograms();
  await inOwnSpace(async () => {
    const outcome = await mixed({
      reference: of("reference"),
      ours: of("ours"),
      seconds: of("seconds"),
      window: of("window"),
      kills: of("kills"),
      binary,
      port: of("port"),
    });
    process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`);
    process.stderr.write(`${outcome.summary}\n`);
    if (outcome.faults.length > 0) process.exitCode = 1;
  });
}

await main();
