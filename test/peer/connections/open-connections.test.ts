// The connections of a peer are looked at every second, whatever one of them comes to.

import { expect, test } from "bun:test";
import { CHECK_INTERVAL_MS } from "../../../src/net/bounds.ts";
import type { Connection } from "../../../src/net/connection.ts";
import { OpenConnections } from "../../../src/peer/connections/open-connections.ts";
import { guardedClock } from "../../../src/peer/store-guard.ts";
import { StoreError } from "../../../src/store/store.ts";
import { TestClock } from "../scene.ts";

test("connections are looked at again after the end of one could not be told for a failing disk", () => {
  const clock = new TestClock();
  const failures: StoreError[] = [];
  const open = new OpenConnections(guardedClock(clock, (error) => failures.push(error)));
  let looks = 0;
  const connection = {
    isOpen: true,
    check: () => {
      if (++looks === 1) throw new StoreError("IO", "the disk does not answer");
    },
  };
  open.add(connection as unknown as Connection);
  for (let i = 0; i < 3; i++) clock.advance(CHECK_INTERVAL_MS);
  expect([looks, failures.length]).toEqual([3, 1]);
});
