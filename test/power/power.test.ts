// A loss of power takes nothing that was told (decisions: durability). A few cuts here; `bun run
// power` makes more of them.

import { expect, setDefaultTimeout, test } from "bun:test";
import { notRun } from "../not-run.ts";
import { TEST_MS } from "../patience.ts";
import { playScene, SCENE_NAMES } from "./command-scenes.ts";
import { loadRounds } from "./load-rounds.ts";
import { powerObstacle } from "./power-cut.ts";

setDefaultTimeout(TEST_MS);

const CUTS = 3;

const why = powerObstacle();
if (why !== null) notRun(`${why}: no power was cut`);

test.if(why === null)(`${CUTS} cuts of the power under load lose no confirmed result`, async () => {
  const report = await loadRounds(CUTS, 1, undefined);
  expect(report.confirmed).toBeGreaterThan(0);
  expect(report.lost).toEqual([]);
});

test.if(why === null).each(SCENE_NAMES)(
  "what is done stays done when the power is cut: %s",
  async (name) => {
    expect(await playScene(name, undefined)).toEqual([]);
  },
);
