// What a peer that has joined says while it runs, and that it looks at nothing once it stops.

import { expect, test } from "bun:test";
import { showReplay } from "../../../src/cli/start/replay-progress.ts";
import type { NetworkedPeer } from "../../../src/peer/networked-peer.ts";

const LOOKS_MS = 350;

test("the peer is looked at until it stops, and not afterwards", async () => {
  let looks = 0;
  const peer = {
    position: 0,
    failure: null,
    get progress() {
      looks++;
      return { backlog: 0, final: 0, unfinished: 0 };
    },
    exclusion: () => null,
    staleness: () => null,
    obstacle: () => null,
  };
  const network = { comparison: { keys: () => [] } };
  const end = showReplay({ peer, network } as unknown as NetworkedPeer);
  while (looks === 0) await Bun.sleep(10);
  end();
  const before = looks;
  await Bun.sleep(LOOKS_MS);
  expect(looks).toBe(before);
});
