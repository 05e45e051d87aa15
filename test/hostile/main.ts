// Three peers in consensus, processes as an operator
// runs them, and remotes that mean the first one harm, among them the fourth peer of the genesis.
// All the while an honest client sends a transaction after the other, asks for the status and for
// /livez, and connects anew. Ends with 1 when a peer died, when anything honest waited for more
// than a second on end, or when memory grew beyond.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { existing, readCommandLine, UsageError, wholeNumber } from "../../release/tool.ts";
import { genesisFromFile } from "../../src/cli/start/genesis-choice.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { until } from "../interop/agreement.ts";
import { OurPeer, seedHex } from "../interop/our-peer.ts";
import { LOOPBACK } from "../net/loopback.ts";
import { AttackingPeer } from "./attacking-peer.ts";
import { type Attack, Attacks } from "./attacks.ts";
import { makeBlocks } from "./block-making.ts";
import { Honest } from "./honest.ts";
import type { HonestAct } from "./honest-client.ts";

const FRAMES = 100_000;
const TOOL = {
  command: "bun run hostile",
  usage: `[FRAMES] [--only PART[,PART…]] [--binary FILE]

  FRAMES         how many mutated frames the first attack sends (${FRAMES})
  --only PART    the attacks alone whose name has one of these parts
  --binary FILE  the executable to start peers from; the sources when it is left out`,
  flags: { binary: "text", only: "text" },
  places: ["FRAMES"],
} as const;
const wanted = readCommandLine(TOOL, ({ values, positionals }) => {
  const frames = wholeNumber(positionals[0] ?? `${FRAMES}`, "FRAMES", 1);
  const parts = (values.only ?? "").split(",");
  const names = Attacks.named(frames).map(({ name }) => name);
  if (!names.some((name) => parts.some((part) => name.includes(part))))
    throw new UsageError(
      `--only: expected a part of one of ${names.join(", ")}, found '${values.only}'`,
    );
  return { frames, parts, binary: existing(values.binary, "--binary") ?? null };
});
const PORT = 18_400;
const WAIT_MAX_MS = 1_000;
const RESIDENT_MB_MAX = 600;
/** Longest wait, in seconds, for peers to execute what an attack has put into blocks. */
const EXECUTED_S = 60;

const publicKeyOf = (number: number) =>
  KeyPair.fromSeed(Buffer.from(seedHex(number), "hex")).publicKey;

async function startPeers(binary: string | null, file: string): Promise<OurPeer[]> {
  const keys = [1, 2, 3, 4].map((i) => Buffer.from(publicKeyOf(i)).toString("hex"));
  await OurPeer.run(binary, ["genesis", "--out", file, "--keys", keys.join(",")]);
  const ports = [PORT + 1, PORT + 2, PORT + 3];
  const peers = ports.map((port, i) => {
    const others = ports.filter((other) => other !== port).map((other) => `${LOOPBACK}:${other}`);
    const place = { number: i + 1, host: LOOPBACK, port, apiPort: port + 50, binary };
    return new OurPeer({ ...place, join: others, genesisHash: "", genesisFile: file });
  });
  for (const peer of peers) {
    await peer.importKeys();
    await peer.start();
  }
  await until("the peers take part", 60, async () => {
    const reports = await Promise.all(peers.map((peer) => peer.report()));
    return reports.every((report) => report?.isReady === true);
  });
  return peers;
}

interface Finding {
  /** What a person reads. */
  readonly text: string;
  readonly isSound: boolean;
}

async function underAttack(attack: Attack, honest: Honest, victim: OurPeer): Promise<Finding> {
  const cpu = victim.cpuSeconds();
  victim.notePeak();
  honest.begin();
  const remark = await attack.run();
  const { waits, done, failures } = await honest.report();
  const mb = victim.peakMb();
  const acts = Object.entries(waits).map(
    ([what, ms]) => `${what} ${ms} ms (of ${done[what as HonestAct]})`,
  );
  const used = `${(victim.cpuSeconds() - cpu).toFixed(1)} s of processor time`;
  const name = remark === undefined ? attack.name : `${attack.name} (${remark})`;
  const text = `${name}: waits: ${acts.join(", ")}; ${used}; at most ${mb} MB`;
  const judged = attack.fillsBlocks === true ? { ...waits, transaction: 0 } : waits;
  const isServed = Math.max(...Object.values(judged)) <= WAIT_MAX_MS && done.livez > 0;
  const said = [...new Set(failures)].slice(0, 3).join("; ");
  return {
    text: failures.length === 0 ? text : `${text}; ${failures.length} failures: ${said}`,
    isSound: isServed && mb <= RESIDENT_MB_MAX && failures.length === 0,
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function campaign(peers: readonly OurPeer[], file: string): Promise<boolean> {
  const [victim, ...others] = peers as [OurPeer, ...OurPeer[]];
  const addresses = peers.map(({ choice }) => ({ host: LOOPBACK, port: choice.port }));
  const listen = { host: LOOPBACK, port: PORT + 4 };
  const genesis = genesisFromFile(file);
  const attacker = new AttackingPeer(genesis, listen, addresses);
  await until("the attacker is connected", 20, () => attacker.connected === peers.length);
  const honest = await Honest.start(victim);
  const { frames, parts } = wanted;
  const attacks = new Attacks(victim.choice.port, frames, attacker, publicKeyOf(2));
  let unsound = 0;
  try {
    for (const attack of attacks.all.filter(({ name }) =>
      parts.some((part) => name.includes(part)),
    )) {
      const { text, isSound } = await underAttack(attack, honest, victim);
      attacks.closeAll();
      say(`${isSound ? "ok    " : "FAILED"} ${text}`);
      if (!isSound) unsound++;
      // What an attack has left to execute is not for the next one to answer for.
      await until("the blocks are executed", EXECUTED_S, async () =>
        (await Promise.all(peers.map((peer) => peer.report()))).every((its) => its?.backlog === 0),
      );
      await makeBlocks(others, genesis);
    }
  } finally {
    await honest.end();
    await attacker.end();
  }
  const reports = await Promise.all(peers.map((peer) => peer.report()));
  if (process.env.CONVEX_INTEROP_LOG !== undefined) say(JSON.stringify(reports));
  const inConsensus = reports.filter((report) => report?.isReady === true).length;
  const memory = `${victim.residentMb()} MB at the end`;
  say(
    `${unsound} attacks of which something honest suffered; ${memory}; ${inConsensus} of 3 peers in consensus`,
  );
  return unsound === 0 && inConsensus === peers.length;
}

async function main(): Promise<void> {
  const { binary } = wanted;
  const folder = mkdtempSync(join(tmpdir(), "cvxh-"));
  const file = join(folder, "genesis.cad3");
  const peers = await startPeers(binary, file);
  let isSound = false;
  try {
    isSound = await campaign(peers, file);
  } finally {
    for (const peer of peers) await peer.end("SIGKILL");
    for (const peer of peers) peer.removeData();
    rmSync(folder, { recursive: true });
  }
  process.exit(isSound ? 0 : 1);
}

await main();
