// An executor that does not come back: the peer says so, and is well again when it does.

import { expect, test } from "bun:test";
import { EXECUTION_TIMEOUT_MS } from "../../../src/peer/bounds.ts";
import { type Executor, LocalExecutor } from "../../../src/peer/rounds/executor.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import { newPeer, TestClock, transfer } from "../scene.ts";

test("an executor that hangs is told of, and when it comes back all is well", async () => {
  const clock = new TestClock();
  const local = new LocalExecutor(PROFILE_0_8_5, clock);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const executor: Executor = {
    execute: async (...args) => {
      await gate;
      return local.execute(...args);
    },
  };
  const peer = newPeer({ clock, executor });
  const result = peer.submit(transfer(2, 1));
  while (peer.load.queued > 0) await Bun.sleep(1);
  expect([peer.isHung, peer.obstacle()]).toEqual([false, null]);
  clock.advance(EXECUTION_TIMEOUT_MS);
  expect(peer.isHung).toBe(true);
  expect(peer.obstacle()).toBe("Execution of a block has not come back for 5 s");
  expect(peer.isStale()).toBe(true);
  go();
  await result;
  await peer.settled();
  expect([peer.isHung, peer.obstacle(), peer.position]).toEqual([false, null, 1]);
  await peer.close();
});
