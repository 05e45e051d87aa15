// Connections of someone who only asks: silent ones are asked for a sign of life, and all are
// closed together.

import { expect, test } from "bun:test";
import { CHECK_INTERVAL_MS } from "../../../src/net/bounds.ts";
import { statusRequest } from "../../../src/net/message.ts";
import { ClientConnections } from "../../../src/peer/connections/client-connections.ts";
import { FakeLink, resultPayload } from "../../net/fake-link.ts";
import { TestClock } from "../scene.ts";

function scene(count: number) {
  const clock = new TestClock();
  const all = new ClientConnections(clock);
  const links = Array.from({ length: count }, () => new FakeLink());
  const connections = links.map((link) => all.attach(link));
  return { clock, all, links, connections };
}

test("a message that nobody asked for is not answered, a reply finds its request", async () => {
  const { links, connections } = scene(1);
  const [link, connection] = [links[0] as FakeLink, connections[0]];
  link.arrive(resultPayload(7, 1));
  const reply = connection?.request(statusRequest, 1_000, 1_000);
  link.arrive(resultPayload(0, 5));
  expect((await reply)?.value).toBe(5);
  expect([link.sent.length, link.isOpen]).toEqual([1, true]);
});

test("silent connections are asked for a sign of life, and closed when they give none", async () => {
  const { clock, all, links } = scene(2);
  expect(clock.timers).toBe(1);
  for (let i = 0; i < 200; i++) clock.advance(CHECK_INTERVAL_MS);
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const link of links) expect([link.sent.length > 0, link.isOpen]).toEqual([true, false]);
  all.close("done");
});

test("all connections are closed together, and no timer is left", () => {
  const { clock, all, links } = scene(2);
  all.close("done");
  expect(links.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  const before = clock.timers;
  for (let i = 0; i < 5; i++) clock.advance(CHECK_INTERVAL_MS);
  expect([before, clock.timers]).toEqual([0, 0]);
});

test("a link that is attached after that is closed at once, without a timer", () => {
  const { clock, all } = scene(1);
  all.close("done");
  const late = new FakeLink();
  const connection = all.attach(late);
  expect([late.isOpen, connection.isOpen, clock.timers]).toEqual([false, false, 0]);
});

test("a connection that has closed is not checked any more", () => {
  const { clock, all, links } = scene(2);
  const looks = [0, 0];
  links.forEach((link, i) => {
    link.check = () => {
      looks[i] = (looks[i] as number) + 1;
    };
  });
  links[0]?.close("closed by the other side");
  clock.advance(CHECK_INTERVAL_MS);
  expect(looks).toEqual([0, 1]);
  links[1]?.close("closed by the other side");
  clock.advance(CHECK_INTERVAL_MS);
  expect(clock.timers).toBe(0);
  all.close("done");
});
