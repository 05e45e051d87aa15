// A disk that fails beneath the API: streams that need it end, or wait until it is well again, and
// neither the process nor the place of a stream is lost.

import { expect, setDefaultTimeout, test } from "bun:test";
import { openApi } from "../../../src/cli/api/api-surface.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { CellStore } from "../../../src/store/cell-store.ts";
import { TEST_MS } from "../../patience.ts";
import { Cluster } from "../../peer/cluster.ts";
import { FailingBackend } from "../../peer/failing-backend.ts";
import { errorOf, keyPair, newState, transfer } from "../../peer/scene.ts";

setDefaultTimeout(TEST_MS);

const POLL_MS = 10;

async function scene() {
  const cluster = new Cluster({ count: 2, genesis: newState([1e14, 1e14]), delayMs: 5 });
  const backend = new FailingBackend(cluster.images[0]);
  const store = new CellStore(backend, CVM_TABLE);
  const first = cluster.start(0, { store, cacheMegabytes: 0 });
  cluster.start(1);
  await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 10_000);
  const api = openApi(first, {
    api: { host: "127.0.0.1", port: 0 },
    keyPair: keyPair(0),
    store,
    hasFaucet: false,
    shutdown: () => {},
    command: () => ({ ok: true, result: null }),
    onFault: (error) => cluster.faults.push(error),
  });
  let sequence = 0;
  const work = async () => {
    void cluster.networked(1).peer.submit(transfer(1, ++sequence));
    await cluster.run(500);
  };
  await work();
  await cluster.until(() => cluster.agrees(1), 10_000);
  const url = (path: string) => `http://127.0.0.1:${api.address.port}${path}`;
  /** Has the peer begin again from cells that are loaded as they are touched, and fails. */
  const fail = () => {
    expect(errorOf(first.peer.query(1, null))).toBeNull();
    backend.failure = "IO";
  };
  return { api, backend, cluster, fail, first, url, work };
}

test("what watches the State, or follows events, outlives it", async () => {
  const { api, backend, cluster, fail, first, url, work } = await scene();
  const headers = { accept: "text/event-stream", "mcp-session-id": "one" };
  const stream = await fetch(url("/mcp"), { headers });
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const watch = { name: "watchState", arguments: { path: "[:accounts 1 :sequence]" } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: watch });
  const json = { ...headers, accept: "application/json", "content-type": "application/json" };
  const watched = await fetch(url("/mcp"), { method: "POST", headers: json, body });
  expect(await watched.text()).toContain("w-1");
  // It looks at what has changed in a second, when the disk fails.
  await work();
  fail();
  expect([first.peer.failure, backend.failures]).toEqual([null, 0]);
  while (first.peer.failure === null) await Bun.sleep(POLL_MS);
  expect(first.peer.failure).toContain("the disk does not answer");
  const missed = { "last-event-id": "0" };
  const events = await fetch(url("/api/v1/events?topics=blocks"), { headers: missed });
  expect(await events.text()).toStartWith("retry: ");
  backend.failure = null;
  await cluster.until(() => first.peer.obstacle() === null, 20_000);
  await work();
  await cluster.until(() => cluster.agrees(3), 20_000);
  let heard = "";
  while (!heard.includes("stateChanged")) {
    heard += new TextDecoder().decode((await reader.read()).value);
  }
  await api.stop(true);
});
