// What figures say of the place of the store: when it is gone, too.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecutedBlocks } from "../../src/peer/rounds/executed-blocks.ts";
import { Metrics } from "../../src/rest/metrics/metrics.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-peer-room-"));
const api = new ApiUnderTest();

afterAll(async () => {
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});

test("a folder that is gone has no room and no store", async () => {
  const metrics = new Metrics({ ...api.sources, dataFolder: folder }, new ExecutedBlocks(api.peer));
  const figure = async (name: string) => {
    const line = (await metrics.text()).split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.split(" ")[1]);
  };
  expect(await figure("convex_disk_free_bytes")).toBeGreaterThan(2 ** 20);
  rmSync(folder, { recursive: true });
  expect(await figure("convex_disk_free_bytes")).toBe(0);
  expect(await figure("convex_store_bytes")).toBe(0);
  metrics.close();
});
