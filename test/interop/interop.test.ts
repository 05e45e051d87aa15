// One network of the reference and ours, for a few seconds; for long, and with partitions, see
// `bun run interop`.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { notRun } from "../not-run.ts";
import { hasSpaces } from "./network-space.ts";
import { CLASS_PATH, referenceClassPath } from "./reference.ts";

const MAIN = join(import.meta.dir, "main.ts");

function missing(): string | null {
  if (referenceClassPath() === null) return `${CLASS_PATH} names no reference`;
  return hasSpaces() ? null : "network namespaces need root and `ip`";
}

const why = missing();
if (why !== null) notRun(`${why}; there were no peers of the reference`);

test.if(why === null)(
  "peers of the reference and ours agree under load, through a crash and a join",
  async () => {
    const args = ["mixed", "--reference", "3", "--ours", "1", "--seconds", "20", "--port", "18600"];
    const child = Bun.spawn([process.execPath, MAIN, ...args], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const outcome = JSON.parse(await new Response(child.stdout).text());
    expect(outcome.faults).toEqual([]);
    expect(outcome.differences).toEqual([]);
  },
);
