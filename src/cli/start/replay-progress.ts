// What a peer that has joined says until it is where the network is: how much of the history it has
// replayed, and that its State is that of the others.

import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { NetworkedPeer } from "../../peer/networked-peer.ts";
import { progressOutput } from "../log/notices.ts";
import { ProgressLine } from "../terminal/progress-line.ts";

const LOOK_EVERY_MS = 100;
const SECOND_MS = 1_000;

/** Shows the replay, then how the State compares; ends with that, or when the answer is called. */
export function showReplay({ peer, network }: Pick<NetworkedPeer, "peer" | "network">): () => void {
  const line = new ProgressLine(progressOutput(), SYSTEM_CLOCK);
  const startMs = SYSTEM_CLOCK.now();
  const first = peer.position;
  let isReplayed = false;
  let failure: string | null = null;
  const look = () => {
    const { backlog, final } = peer.progress;
    if (!isReplayed) {
      if (peer.failure !== failure) line.say(peer.failure ?? "The peer goes on");
      failure = peer.failure;
      if (failure !== null) return;
      const rate =
        (peer.position - first) / Math.max((SYSTEM_CLOCK.now() - startMs) / SECOND_MS, 0.001);
      const figures = { done: peer.position, total: final, unit: "blocks", detail: "", rate };
      if (final > first) line.show("replay", figures);
      if (backlog > 0 || peer.position < final) return;
      isReplayed = true;
      if (peer.position > first) line.done("replay");
    }
    if (sayAgreement(network, line)) clearInterval(timer);
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      peer.handleFailure(error);
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  // A look at a peer whose store is closed would end the process.
  return () => clearInterval(timer);
}

/** Says once how the State compares, as soon as it can be said. */
function sayAgreement(network: NetworkedPeer["network"], line: ProgressLine): boolean {
  const same = network.comparison.keys("same").length;
  const different = network.comparison.keys("different").length;
  if (same + different === 0) return false;
  const others = different === 0 ? "" : `, and NOT that of ${different}`;
  line.say(`the State is that of ${same} ${same === 1 ? "peer" : "peers"}${others}`);
  return true;
}
