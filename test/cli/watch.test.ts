// `watch`: the picture, the lines, and the live view of a terminal.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { durationText } from "../../src/cli/terminal/duration-text.ts";
import { withSize } from "../../src/cli/terminal/screen.ts";
import { curveText, type WatchSample, WatchView } from "../../src/cli/terminal/watch-view.ts";
import { leastOf } from "../work-time.ts";
import { command } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";
import { TerminalSession, withoutControls } from "./terminal-session.ts";

let network: NetworkScene;
let data: string;
beforeAll(async () => {
  network = new NetworkScene(2);
  await network.ready();
  data = await network.dataDir(0);
  network.operate(0, data, { api: "http://127.0.0.1:8080" });
});
afterAll(() => network.end());

test("times have two units at most, curves reach from nothing to the highest", () => {
  expect([900, 61_000, 3_660_000, 97_200_000].map(durationText)).toEqual([
    "0 s",
    "1 min 1 s",
    "1 h 1 min",
    "1 d 3 h",
  ]);
  expect(curveText([0, 1, 2])).toBe("▁▅█");
  expect(curveText([0, 0])).toBe("▁▁");
  expect(curveText([])).toBe("");
});

function sample(atMs: number, position: number, connections = 0): WatchSample {
  return {
    atMs,
    own: {
      peer: "ab".repeat(32),
      genesis: "cd".repeat(32),
      state: "",
      belief: "",
      wantedOutgoing: 20,
      process: { memoryBytes: 80 << 20, uptimeMs: 61_000, api: "http://127.0.0.1:8080" },
      isLive: true,
      isReady: true,
      role: "voter",
      obstacle: null,
      lack: null,
      isStale: false,
      isStuck: false,
      position,
      backlog: 0,
      unfinished: 0,
      points: [position, position, position, position],
      stateAgeMs: 1_000,
      peers: 0,
      outgoing: connections,
      incoming: 0,
      votingShare: 1,
      reachableShare: 1,
      disagreeing: 0,
    },
    connections: Array.from({ length: connections }, (_, i) => ({
      key: null,
      address: `198.51.100.${i}:18888`,
      direction: "outgoing" as const,
      isNamed: false,
      ageMs: 1,
      heardMs: null,
      state: "unknown" as const,
      queuedBytes: 0,
      clockSkewMs: null,
    })),
  };
}

test("rates come from two looks; a peer that begins anew has none below nothing", () => {
  const view = new WatchView();
  view.add(sample(0, 100));
  expect(view.rate).toBe(null);
  view.add(sample(2_000, 150));
  expect(view.rate).toBe(25);
  expect(view.line).toBe("takes part; 150 blocks, 25.0 blocks/s; 0 out, 0 in");
  view.add(sample(3_000, 2));
  expect(view.rate).toBe(0);
  for (let i = 0; i < 100; i++) view.add(sample(4_000 + i * 1_000, i));
  expect(view.frame(100, 40).match(/[▁▂▃▄▅▆▇█]/g)?.length).toBe(40);
});

test("the picture fits its window, whatever its size", () => {
  const view = new WatchView();
  view.add(sample(0, 1, 50));
  for (const [columns, lines] of [
    [100, 40],
    [40, 24],
    [20, 14],
    [30, 6],
    [30, -2],
  ] as const) {
    const frame = view.frame(columns, lines).split("\n");
    expect(frame.length).toBeLessThanOrEqual(Math.max(1, lines));
    expect(frame[0]).toStartWith("Convex peer");
    expect(Math.max(...frame.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
  expect(view.frame(100, 40)).toContain("more");
  expect(view.frame(100, 100)).not.toContain("more");
});

test("without a terminal: once a picture, else a line a look, or JSON", async () => {
  const once = await command("watch", "--once", "--data-dir", data);
  expect(once.stdout).toContain(`Convex peer ${publicKey(0).slice(0, 8)}  takes part`);
  expect(once.stdout).toContain("0 of 20 out, 1 in");
  expect(once.stdout).not.toContain("\x1b");
  const lines = await command("watch", "--count", "2", "--every", "0.1", "--data-dir", data);
  expect(lines.stdout.trim().split("\n").length).toBe(2);
  expect(lines.stdout).toMatch(/^\d{4}-.*takes part; \d+ blocks/);
  const json = await command("watch", "--count", "1", "--json", "--data-dir", data);
  expect(JSON.parse(json.stdout)).toMatchObject({ isReady: true, rate: null });
  const none = await command("watch", "--once", "--data-dir", network.folder);
  expect(none.exitCode).toBe(69);
});

for (const [key, name] of [
  ["q", "q"],
  ["\x03", "Ctrl-C"],
] as const) {
  test(`on a terminal the picture is drawn anew until ${name}, and the cursor comes back`, async () => {
    const session = new TerminalSession(["watch", "--every", "0.1", "--data-dir", data]);
    let at = await session.until("q ends");
    // Only what has changed is written again: the curve grows with each look.
    for (const curve of ["▁", "▁▁", "▁▁▁"]) {
      at = await session.until(curve, at);
    }
    session.type(key, "");
    expect(await session.ended()).toBe(0);
    expect(withoutControls(session.shown)).toContain("takes part");
    expect(session.shown.lastIndexOf("\x1b[?25h")).toBeGreaterThan(
      session.shown.lastIndexOf("\x1b[?25l"),
    );
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} gives the terminal back as q does`, async () => {
    const session = new TerminalSession(["watch", "--every", "0.1", "--data-dir", data]);
    await session.until("q ends");
    session.signal(signal);
    expect(await session.ended()).toBe(0);
  });
}

test("on a terminal that can draw nothing over: a line a look", async () => {
  const session = new TerminalSession(
    ["watch", "--count", "2", "--every", "0.1", "--data-dir", data],
    "dumb",
  );
  expect(await session.ended()).toBe(0);
  expect(session.shown).not.toContain("\x1b");
  expect(session.shown.trim().split("\n")).toHaveLength(2);
  expect(session.shown).toMatch(/^\d{4}-.*takes part; \d+ blocks/);
});

test("a terminal that does not know its size has the usual one", () => {
  expect(withSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(withSize({ columns: 132, rows: 50 })).toEqual({ columns: 132, rows: 50 });
});

test("q ends it while the peer hangs", async () => {
  const hung = await network.dataDir(0);
  let asked = Promise.withResolvers<void>();
  const socket = Bun.listen({
    unix: join(hung, "operator.sock"),
    socket: { open: () => asked.resolve(), data() {} },
  });
  const boundMs = 3_000;
  const leastMs = await leastOf(boundMs, async () => {
    asked = Promise.withResolvers<void>();
    const session = new TerminalSession(["watch", "--data-dir", hung]);
    await asked.promise;
    const begunMs = performance.now();
    session.type("q", "");
    expect(await session.ended()).toBe(0);
    return performance.now() - begunMs;
  });
  expect(leastMs).toBeLessThan(boundMs);
  socket.stop(true);
});
