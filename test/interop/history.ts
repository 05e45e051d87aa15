// Joining a network with a long history: a peer makes blocks of one transfer each, and another one
// brings and replays them, killed at random times and started again.

import { PeerProcess } from "../e2e/peer-process.ts";
import { until } from "./agreement.ts";
import { load } from "./load-client.ts";
import { OurPeer, seedHex } from "./our-peer.ts";

const HOST = "127.0.0.1";
const SECONDS_MAX = 900;

export interface HistoryOutcome {
  readonly blocks: number;
  readonly makeSeconds: number;
  readonly kills: number;
  /** From the start of the command to the State of the other peer, in ms, without being killed. */
  readonly joinMs: number;
  readonly blocksPerSecond: number;
  /** The same from start to end with kills, starts included. */
  readonly interruptedMs: number;
  readonly isSame: boolean;
}

export async function history(
  binary: string | null,
  blocks: number,
  kills: number,
  port: number,
): Promise<HistoryOutcome> {
  const folder = new OurPeer({ ...choice(1, port, "", binary), join: [] });
  await folder.importKeys();
  const extra = ["--bind", HOST];
  const options = binary === null ? {} : { binary };
  const first = await PeerProcess.start({
    command: "start",
    dataDir: folder.dataDir,
    extra,
    ...options,
  });
  const joiners: OurPeer[] = [];
  try {
    const begun = performance.now();
    const account = { address: 11, seed: seedHex(1) };
    let made = 0;
    while (made < blocks) {
      const until = performance.now() + 1_000;
      made += (await load(HOST, first.peerPort, account, until, 1)).ok;
    }
    const makeSeconds = (performance.now() - begun) / 1_000;
    const source = (await folder.report()) as NonNullable<Awaited<ReturnType<OurPeer["report"]>>>;
    const target = `${HOST}:${first.peerPort}`;
    const join = async (number: number, killed: number) => {
      const peer = new OurPeer({
        ...choice(number, port + number, source.genesis, binary),
        join: [target],
      });
      joiners.push(peer);
      await peer.importKeys();
      const started = performance.now();
      for (let i = 0; i < killed; i++) {
        const starting = peer.start().catch(() => {});
        await Bun.sleep(100 + Math.random() * 1_500);
        await peer.end("SIGKILL");
        await starting;
      }
      await peer.start();
      await until("the joiner is where the network is", SECONDS_MAX, async () => {
        return (await peer.report())?.position === source.position;
      });
      const ms = performance.now() - started;
      const same = (await peer.report())?.state === source.state;
      await peer.end("SIGTERM");
      return { ms, same };
    };
    const plain = await join(8, 0);
    const interrupted = await join(9, kills);
    return {
      blocks: source.position,
      makeSeconds,
      kills,
      joinMs: plain.ms,
      blocksPerSecond: (source.position / plain.ms) * 1_000,
      interruptedMs: interrupted.ms,
      isSame: plain.same && interrupted.same,
    };
  } finally {
    await first.end("SIGKILL");
    for (const peer of joiners) await peer.end("SIGKILL");
    for (const peer of [...joiners, folder]) peer.removeData();
  }
}

function choice(number: number, port: number, genesisHash: string, binary: string | null) {
  return { number, host: HOST, port, apiPort: port + 100, genesisHash, binary };
}
