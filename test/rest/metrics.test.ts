// The metrics: what they say after some work, and that documentation, dashboard and alerts name
// them and no others.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExecutedBlocks } from "../../src/peer/rounds/executed-blocks.ts";
import { Metrics } from "../../src/rest/metrics/metrics.ts";
import { WriteTimes } from "../../src/store/write-times.ts";
import { notRun } from "../not-run.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const DOCS = join(import.meta.dir, "../../docs/monitoring");
/** Most series of a peer at rest. */
const SERIES_MAX = 150;
/** Given by Prometheus itself. */
const FOREIGN = new Set(["up"]);

const api = new ApiUnderTest();

beforeAll(async () => {
  await api.submit("(+ 1 2)");
  await api.submit("(+ 1 3)");
  await api.submit("(nosuch)");
  await api.post("query", { source: "1" });
  await api.post("query", { source: "(" });
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

/** Samples by name and labels. */
async function samples(): Promise<Map<string, number>> {
  const { text, type } = await api.request("GET", "/metrics");
  expect(type).toContain("text/plain");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

test("what was done is counted", async () => {
  const found = await samples();
  expect(found.get("convex_blocks_total")).toBe(3);
  expect(found.get('convex_transactions_total{outcome="success"}')).toBe(2);
  expect(found.get('convex_transactions_total{outcome="error"}')).toBe(1);
  expect(found.get("convex_juice_total")).toBeGreaterThan(500);
  expect(found.get("convex_position")).toBe(3);
  expect(found.get('convex_order_blocks{level="final"}')).toBe(3);
  expect(found.get("convex_ready")).toBe(1);
  expect(found.get("convex_seconds_behind")).toBe(0);
  expect(found.get('convex_http_requests_total{kind="query",status="2xx"}')).toBe(1);
  expect(found.get('convex_http_requests_total{kind="query",status="4xx"}')).toBe(1);
  expect(found.get('convex_http_request_seconds_count{kind="transact"}')).toBe(6);
  expect(found.get("convex_http_requests_open")).toBe(1);
});

test("a peer at rest has a bounded number of series", async () => {
  expect((await samples()).size).toBeLessThanOrEqual(SERIES_MAX);
});

test("metrics that hang on a data folder are there when there is one", () => {
  const sources = { ...api.sources, dataFolder: import.meta.dir, certificateEndsMs: () => 0 };
  const metrics = new Metrics(sources, new ExecutedBlocks(api.peer));
  expect(metrics.names).toContain("convex_disk_free_bytes");
  metrics.close();
});

test("writes to the store are counted by how long they took", async () => {
  const writes = new WriteTimes();
  for (const ms of [0.4, 3, 12_000]) writes.add(ms);
  const upkeep = { writes, collections: 0, last: null };
  Object.assign(api.peer, { upkeep });
  const sources = { ...api.sources, dataFolder: import.meta.dir };
  const metrics = new Metrics(sources, new ExecutedBlocks(api.peer));
  const lines = (await metrics.text()).split("\n");
  metrics.close();
  // As a peer whose store is in memory has it.
  Object.assign(api.peer, { upkeep: null });
  expect(lines.filter((line) => line.startsWith("convex_store_write_seconds"))).toEqual([
    ...["0.001", "0.005", "0.02", "0.1", "0.5", "2", "10", "+Inf"].map(
      (le, i) => `convex_store_write_seconds_bucket{le="${le}"} ${[1, 2, 2, 2, 2, 2, 2, 3][i]}`,
    ),
    "convex_store_write_seconds_sum 12.0034",
    "convex_store_write_seconds_count 3",
  ]);
});

function allNames(): Set<string> {
  const sources = { ...api.sources, dataFolder: import.meta.dir, certificateEndsMs: () => 0 };
  const metrics = new Metrics(sources, new ExecutedBlocks(api.peer));
  metrics.close();
  return new Set(metrics.names);
}

test("the documentation has each of them, and nothing else", () => {
  const text = readFileSync(join(DOCS, "metrics.md"), "utf8");
  const documented = [...text.matchAll(/^\| `(\w+)` *\|/gm)].map((match) => match[1] as string);
  expect(documented.sort()).toEqual([...allNames()].sort());
});

/** Names in a PromQL expression, without those of functions, labels and their values. */
function namesIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}/g, "").replace(/\b(?:by|without) \([^)]*\)/g, "");
  return [...bare.matchAll(/[a-z_]\w*(?!\w*\s*\()/g)]
    .map((match) => match[0].replace(/_(?:bucket|sum|count)$/, ""))
    .filter((name) => name.includes("_") || FOREIGN.has(name));
}

test("dashboard and alerts use names that exist", () => {
  const dashboard = JSON.parse(readFileSync(join(DOCS, "dashboard.json"), "utf8"));
  const expressions: string[] = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr),
  );
  const rules = Bun.YAML.parse(readFileSync(join(DOCS, "alerts.yml"), "utf8")) as {
    groups: { rules: { alert: string; expr: string; annotations: object }[] }[];
  };
  for (const { rules: group } of rules.groups) {
    for (const { alert, expr, annotations } of group) {
      expect(alert).toStartWith("Convex");
      expect(annotations).toHaveProperty("summary");
      expressions.push(expr);
    }
  }
  expect(expressions.length).toBeGreaterThan(20);
  const known = allNames();
  const used = expressions.flatMap(namesIn);
  expect(used.length).toBeGreaterThanOrEqual(expressions.length);
  expect(used.filter((name) => !known.has(name) && !FOREIGN.has(name))).toEqual([]);
});

/** Runs promtool of Prometheus; null where it is not installed. */
function promtool(args: readonly string[], stdin: string): { code: number; said: string } | null {
  if (Bun.which("promtool") === null) return null;
  const ran = Bun.spawnSync(["promtool", ...args], { stdin: Buffer.from(stdin) });
  return { code: ran.exitCode, said: `${ran.stdout}${ran.stderr}` };
}

test("Prometheus takes the rules and the metrics", async () => {
  const rules = promtool(["check", "rules", join(DOCS, "alerts.yml")], "");
  if (rules === null) {
    return notRun("promtool is not here; rules were read by our own test only");
  }
  expect(rules).toMatchObject({ code: 0 });
  const { text } = await api.request("GET", "/metrics");
  expect(promtool(["check", "metrics"], text)).toEqual({ code: 0, said: "" });
});
