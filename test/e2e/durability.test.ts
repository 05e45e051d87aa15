// kill −9 under load: every result that a client was told is there after the restart (decisions:
// durability). A short run here; --rounds of `bun run test/e2e/kill-rounds.ts` makes it long.

import { expect, setDefaultTimeout, test } from "bun:test";
import { TEST_MS } from "../patience.ts";
import { killRounds } from "./kill-rounds.ts";

setDefaultTimeout(TEST_MS);

const ROUNDS = 3;

test(`${ROUNDS} kills at random moments lose no confirmed result`, async () => {
  const report = await killRounds({ rounds: ROUNDS, seed: 1 });
  expect(report.confirmed).toBeGreaterThan(0);
  expect(report.lost).toEqual([]);
});
