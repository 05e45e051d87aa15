// Connections of a join: what becomes of those that are of no use.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { JOIN_RECONNECT_MS } from "../../src/peer/bounds.ts";
import { statusVector } from "../../src/peer/clients/message-answers.ts";
import { JoinHosts } from "../../src/peer/join-hosts.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { FakeLink, resultPayload } from "../net/fake-link.ts";
import { TestClock } from "./scene.ts";

const ADDRESS = { host: "192.0.2.1", port: 18_888 };
const HASH = new Uint8Array(32).fill(7);
const STATUS = statusVector({
  belief: HASH,
  genesis: HASH,
  peer: HASH,
  state: HASH,
  points: [1, 1, 1, 1],
});

/** Hosts at one address, to which each dial gives the next of these links. */
function scene(...links: FakeLink[]) {
  const clock = new TestClock();
  const hosts = new JoinHosts(clock, memoryStore(CVM_TABLE), async () => links.shift() as FakeLink);
  return { clock, hosts };
}

/** Lets what awaits go on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function silence(clock: TestClock): Promise<void> {
  await turn();
  clock.advance(60_000);
  await turn();
}

test("a host that tells no status is disconnected", async () => {
  const link = new FakeLink();
  const { clock, hosts } = scene(link);
  const connecting = hosts.connect([ADDRESS]);
  await turn();
  clock.advance(10_000);
  await connecting;
  expect(hosts.failed.map(({ reason }) => reason).join()).toContain("tells no status");
  expect(link.isOpen).toBe(false);
});

test("a host that tells no status when it is connected to again is disconnected", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const { clock, hosts } = scene(first, second);
  const connecting = hosts.connect([ADDRESS]);
  await turn();
  first.arrive(resultPayload(0, STATUS));
  await connecting;
  expect(hosts.hosts).toHaveLength(1);
  first.close("lost");
  clock.advance(JOIN_RECONNECT_MS);
  hosts.reconnect();
  await turn();
  clock.advance(10_000);
  await turn();
  expect([second.sent.length, second.isOpen]).toEqual([1, false]);
});

test("a connection that comes when the join has ended is closed, and no timer is left", async () => {
  const link = new FakeLink();
  const { clock, hosts } = scene(link);
  const connecting = hosts.connect([ADDRESS]);
  hosts.close();
  await connecting;
  await silence(clock);
  expect([link.isOpen, clock.timers]).toEqual([false, 0]);
});
