// What health and figures say of the place of the store: when it is gone, too.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecutedBlocks } from "../../src/peer/rounds/executed-blocks.ts";
import { withDiskRoom } from "../../src/rest/disk-room.ts";
import { Metrics } from "../../src/rest/metrics/metrics.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-peer-room-"));
const api = new ApiUnderTest();

afterAll(async () => {
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});

test("a folder with room changes nothing, one that is gone is a reason not to be ready", async () => {
  const health = api.sources.health();
  expect(withDiskRoom(health, null)).toBe(health);
  expect(withDiskRoom(health, folder)).toBe(health);
  const metrics = new Metrics({ ...api.sources, dataFolder: folder }, new ExecutedBlocks(api.peer));
  const figure = async (name: string) => {
    const line = (await metrics.text()).split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.split(" ")[1]);
  };
  expect(await figure("convex_disk_free_bytes")).toBeGreaterThan(2 ** 20);
  rmSync(folder, { recursive: true });
  const gone = withDiskRoom(health, folder);
  expect([gone.isLive, gone.isReady, gone.isStuck]).toEqual([true, false, true]);
  expect(gone.obstacle).toStartWith(`The store ${folder} can't be used: ENOENT`);
  expect(await figure("convex_disk_free_bytes")).toBe(0);
  expect(await figure("convex_store_bytes")).toBe(0);
  metrics.close();
});
