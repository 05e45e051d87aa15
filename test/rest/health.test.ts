// /livez and /readyz: the truth, in a status and in words.

import { afterAll, afterEach, expect, test } from "bun:test";
import * as v from "valibot";
import { HEALTH, LIVE } from "../../src/rest/response-schemas.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

afterEach(() => {
  api.health = {};
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

test("a peer that does its part is live and ready", async () => {
  const live = await api.request("GET", "/livez");
  expect([live.status, live.json]).toEqual([200, { status: "live" }]);
  const ready = await api.request("GET", "/readyz");
  expect(ready.status).toBe(200);
  v.parse(HEALTH, ready.json);
  expect(ready.json).toMatchObject({ status: "ready", reason: null, secondsBehind: 0 });
});

test("one that refuses transactions is not ready, and says why", async () => {
  const obstacle = "Only 40.0% of the voting weight can be reached";
  api.health = { isReady: false, obstacle };
  const { status, json } = await api.request("GET", "/readyz");
  expect([status, json.status, json.reason]).toEqual([503, "not ready", obstacle]);
  expect((await api.request("GET", "/livez")).status).toBe(200);
});

test("one that catches up is 206", async () => {
  api.health = { isReady: false, obstacle: "The peer is catching up", backlog: 7 };
  const { status, json } = await api.request("GET", "/readyz");
  expect([status, json.status, json.backlog]).toEqual([206, "syncing", 7]);
});

test("one whose blocks stay where they are is not catching up", async () => {
  api.health = { isReady: false, isStuck: true, obstacle: "The disk is full", backlog: 7 };
  const { status, json } = await api.request("GET", "/readyz");
  expect([status, json.status, json.reason]).toEqual([503, "not ready", "The disk is full"]);
});

test("one that has stopped for good is not live", async () => {
  api.health = { isLive: false, isReady: false, obstacle: "The peer has stopped" };
  const { status, json } = await api.request("GET", "/livez");
  expect(status).toBe(503);
  v.parse(LIVE, json);
  expect(json).toEqual({ status: "halted", reason: "The peer has stopped" });
});

test("a reader may ask for more", async () => {
  const few = await api.request("GET", "/readyz?min_peers=3");
  expect([few.status, few.json.reason]).toEqual([
    503,
    "Connected to 0 peers: at least 3 are asked for",
  ]);
  api.health = { peers: 3 };
  const path = "/readyz?min_peers=3&max_seconds_behind=10";
  expect((await api.request("GET", path)).status).toBe(200);
  for (const wrong of ["min_peers=x", "max_seconds_behind=-1", "min_peers="]) {
    expect((await api.request("GET", `/readyz?${wrong}`)).status).toBe(400);
  }
});
