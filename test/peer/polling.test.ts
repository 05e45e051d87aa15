import { expect, test } from "bun:test";
import { POLL_BUSY_MS, POLL_IDLE_MS } from "../../src/peer/network-bounds.ts";
import { Polling, type PollingOptions } from "../../src/peer/polling.ts";
import { TestClock } from "./scene.ts";

/** A clock on which time passes whenever somebody looks, as it does for a process that has to wait its turn. */
class BusyClock extends TestClock {
  readonly delays: number[] = [];
  override now(): number {
    this.advance(2 * POLL_BUSY_MS);
    return super.now();
  }
  override after(delayMs: number, task: () => void): () => void {
    this.delays.push(delayMs);
    return super.after(delayMs, task);
  }
}

test("an appointment is never in the past, however late the process is", () => {
  const clock = new BusyClock();
  let isBusy = true;
  const polling = new Polling({
    clock,
    intake: null as unknown as PollingOptions["intake"],
    neighbours: () => [],
    isBusy: () => isBusy,
    onStatus: () => {},
  });
  polling.plan();
  expect(clock.delays).toEqual([POLL_BUSY_MS]);
  isBusy = false;
  clock.advance(POLL_BUSY_MS);
  expect(clock.delays.at(-1)).toBe(POLL_IDLE_MS);
  polling.stop();
});
