// One network of peers of the reference and of ours on loopback: ours join from nothing, clients of
// both kinds load both kinds of peer, one of ours is killed and comes back, a peer of the reference
// joins through ours, and all have to come to the same States.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agreement, until } from "./agreement.ts";
import { JoinedPeer } from "./joined-peer.ts";
import { type LoadAccount, type LoadOutcome, load, makeAccounts } from "./load-client.ts";
import { type MixedOptions, type MixedOutcome, outcomeOf, type Return } from "./mixed-outcome.ts";
import { memoryOf, OurPeer, seedHex } from "./our-peer.ts";
import { ReferencePeers, runJava } from "./reference.ts";

const HOST = "127.0.0.1";
const SAMPLE_MS = 250;
const START_SECONDS = 90;
/** How much longer than the load its clients may take to end. */
const LOAD_GRACE_SECONDS = 120;
/** How long one of ours is dead. */
const DEAD_MS = 3_000;
/** How long a peer of the reference may take to join through ours, its runtime's start included. */
const JOIN_SECONDS = 60;
const SETTLE_SECONDS = 120;

export async function mixed(options: MixedOptions): Promise<MixedOutcome> {
  const { reference, ours, port, binary } = options;
  const keys = reference + ours;
  const java = await ReferencePeers.start({ first: 1, count: reference, keys, host: HOST, port });
  const addresses = Array.from({ length: keys }, (_, i) => `${HOST}:${port + i}`);
  const peers = Array.from({ length: ours }, (_, i) => {
    const number = reference + 1 + i;
    const own = port + reference + i;
    const others = addresses.filter((address) => address !== `${HOST}:${own}`);
    const apiPort = port + 50 + i;
    const genesisHash = java.genesis;
    return new OurPeer({
      number,
      host: HOST,
      port: own,
      apiPort,
      join: others,
      genesisHash,
      binary,
    });
  });
  const network = new MixedNetwork(options, java, peers);
  try {
    return await network.run();
  } finally {
    await network.close();
    await java.end();
    for (const peer of peers) await peer.end("SIGKILL");
    for (const peer of peers) peer.removeData();
  }
}

class MixedNetwork {
  readonly #options: MixedOptions;
  readonly #java: ReferencePeers;
  readonly #ours: readonly OurPeer[];
  readonly #agreement = new Agreement();
  readonly #mostMb = new Map<OurPeer, number>();
  #referenceMb = 0;
  readonly #begun = performance.now();
  /** The furthest position that anybody was seen at. */
  #furthest = 0;
  #isOpen = true;
  #joined: JoinedPeer | null = null;

  constructor(options: MixedOptions, java: ReferencePeers, ours: readonly OurPeer[]) {
    this.#options = options;
    this.#java = java;
    this.#ours = ours;
    java.onReport(({ port, position, state }) => {
      this.#agreement.report(`${port}`, position, state);
      this.#furthest = Math.max(this.#furthest, position);
    });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#joined?.end();
  }

  async run(): Promise<MixedOutcome> {
    const begun = performance.now();
    for (const peer of this.#ours) await peer.importKeys();
    await Promise.all(this.#ours.map((peer) => peer.start()));
    await this.#allReady();
    const joinMs = Math.round(performance.now() - begun);
    this.#tell("all take part; load begins");
    const sampling = this.#sample();
    const first = this.#ours[0] as OurPeer;
    const accounts = await makeAccounts(first.choice, { address: 11, seed: seedHex(1) }, 4);
    const [loads, { returns, commands }] = await Promise.all([
      this.#load(first, accounts),
      this.#work(first),
    ]);
    this.#tell("settling");
    const settling = performance.now();
    const blocks = await this.#settle();
    const settledMs = Math.round(performance.now() - settling);
    await this.close();
    await sampling;
    return outcomeOf(this.#options, {
      joinMs,
      returns,
      loads,
      comparisons: this.#agreement.positions,
      differences: this.#agreement.differences,
      blocks,
      settledMs,
      commands,
      residentMb: { ours: [...this.#mostMb.values()], reference: this.#referenceMb },
    });
  }

  /** Says to a person how far the run is. */
  #tell(phase: string): void {
    const seconds = Math.round((performance.now() - this.#begun) / 1_000);
    process.stderr.write(`${seconds} s: ${phase}\n`);
  }

  /** Clients of both kinds at a peer of each kind; what they were told. */
  async #load(
    first: OurPeer,
    accounts: readonly LoadAccount[],
  ): Promise<Record<string, LoadOutcome>> {
    const { seconds, port, window } = this.#options;
    const end = performance.now() + seconds * 1_000;
    const java = (to: number, i: number) =>
      javaLoad(to, accounts[i] as LoadAccount, seconds, window);
    const own = (to: number, i: number) => load(HOST, to, accounts[i] as LoadAccount, end, window);
    const [javaToJava, javaToOurs, oursToJava, oursToOurs] = await Promise.all([
      java(port, 0),
      java(first.choice.port, 1),
      own(port, 2),
      own(first.choice.port, 3),
    ]);
    return { javaToJava, javaToOurs, oursToJava, oursToOurs };
  }

  /**
   * What happens under load: one is killed and comes back, and a peer of the reference joins
   * through ours.
   */
  async #work(first: OurPeer): Promise<{ returns: Return[]; commands: string[] }> {
    const { seconds, kills } = this.#options;
    const begun = performance.now();
    const returns: Return[] = [];
    let commands: string[] = [];
    // The first has the clients, and is spared where there are others.
    const victims = this.#ours.length === 1 ? this.#ours : this.#ours.slice(1);
    for (let i = 0; i < kills; i++) {
      const dueMs = begun + ((i + 1) * seconds * 1_000) / (kills + 2) - performance.now();
      await Bun.sleep(Math.max(0, dueMs));
      this.#tell(`kill ${i + 1}`);
      returns.push(await this.#killAndReturn(victims.at(-1 - (i % victims.length)) as OurPeer));
      if (i > 0) continue;
      this.#tell("commands of the reference");
      commands = await this.#commands(first);
      this.#tell("a peer of the reference joins through ours");
      await this.#joinThroughOurs(first);
    }
    return { returns, commands };
  }

  /**
   * Resolves when all of ours vote; hears each reason that one of them gives for not taking part.
   */
  async #allReady(hear: (obstacle: string) => void = () => {}): Promise<void> {
    let obstacles = "";
    const isSo = async () => {
      const reports = await Promise.all(this.#ours.map((peer) => peer.report()));
      obstacles = reports
        .map((report) => report?.obstacle ?? (report === null ? "dead" : ""))
        .join("; ");
      for (const report of reports) if (typeof report?.obstacle === "string") hear(report.obstacle);
      return reports.every((report) => report?.isReady === true && report.role === "voter");
    };
    await until("all of ours take part", START_SECONDS, isSo).catch((error) => {
      throw new Error(`${error.message}: ${obstacles}`);
    });
  }

  async #sample(): Promise<void> {
    while (this.#isOpen) {
      for (const peer of this.#ours) {
        const report = await peer.report();
        if (report === null) continue;
        this.#agreement.report(`ours ${peer.choice.port}`, report.position, report.state);
        this.#furthest = Math.max(this.#furthest, report.position);
        const most = this.#mostMb.get(peer) ?? 0;
        this.#mostMb.set(peer, Math.max(most, peer.residentMb()));
      }
      const { residentMb } = memoryOf(this.#java.process.pid);
      this.#referenceMb = Math.max(this.#referenceMb, residentMb);
      await Bun.sleep(SAMPLE_MS);
    }
  }

  /** Kills one of ours and starts it again; how it came to take part again. */
  async #killAndReturn(peer: OurPeer): Promise<Return> {
    const position = (await peer.report())?.position ?? 0;
    await peer.end("SIGKILL");
    await Bun.sleep(DEAD_MS);
    const obstacles = new Set<string>();
    const begun = performance.now();
    const blocksBehind = Math.max(0, this.#furthest - position);
    await peer.start();
    await this.#allReady((obstacle) => obstacles.add(obstacle));
    const readyMs = Math.round(performance.now() - begun);
    return { readyMs, blocksBehind, obstacles: [...obstacles] };
  }

  /** The reference's own command line against ours. */
  async #commands({ choice }: OurPeer): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "cvxi-keys-"));
    const at = ["--host", HOST, "--port", `${choice.port}`];
    const store = ["--keystore", join(folder, "keystore.pfx"), "--storepass", "store"];
    const seedFile = join(folder, "seed");
    await Bun.write(seedFile, seedHex(1));
    const cli = (...args: string[]) => runJava("convex.cli.Main", args);
    const key = await cli("key", "import", ...store, "-i", seedFile, "--type", "seed", "-p", "pw");
    const status = await cli("status", ...at);
    const query = await cli("query", ...at, "-a", "11", "(+ 1 2)");
    const signing = [...store, "-k", key.slice(-64, -56), "-p", "pw", "-a", "11"];
    const transact = await cli("transact", ...at, ...signing, "(* 6 7)");
    rmSync(folder, { recursive: true });
    const genesis = /:genesis +: 0x([0-9a-f]{64})/.exec(status)?.[1] ?? "none";
    return [`status: genesis ${genesis}`, `query: ${query}`, `transact: ${transact}`];
  }

  /**
   * A peer of the reference has ours as the only peer that it knows. Waits until it follows: if
   * ours were killed meanwhile, its process would give up, and nothing of ours be tried.
   */
  async #joinThroughOurs({ choice }: OurPeer): Promise<void> {
    const joined = new JoinedPeer(HOST, this.#options.port + 90);
    this.#joined = joined;
    await joined.start(choice.port);
    let last = "";
    await until("a peer of the reference follows through ours", JOIN_SECONDS, async () => {
      const { position, state } = await joined.standing();
      last = joined.ending() ?? `position ${position}, State ${state}`;
      return state !== "none" && position > 0;
    }).catch((error) => {
      throw new Error(`${error.message}: ${last}`);
    });
  }

  /** Waits until all are at the same position and State; the position. */
  async #settle(): Promise<number> {
    let position = 0;
    let all: string[] = [];
    await until("all have the same State", SETTLE_SECONDS, async () => {
      const own = await Promise.all(this.#ours.map((peer) => peer.report()));
      position = own[0]?.position ?? 0;
      all = [
        ...this.#java.reports.map(({ position, state }) => `${position} ${state}`),
        ...own.map((report) => (report === null ? "dead" : `${report.position} ${report.state}`)),
      ];
      if (new Set(all).size > 1) return false;
      const joined = await this.#joined?.standing();
      if (joined !== undefined) all.push(`${joined.position} ${joined.state}`);
      return new Set(all).size === 1;
    }).catch((error) => {
      const ending = this.#joined?.ending() ?? "";
      throw new Error(
        `${error.message}: ${all.join(", ")} (the last joined through ours) ${ending}`,
      );
    });
    return position;
  }
}

async function javaLoad(
  to: number,
  { address, seed }: { address: number; seed: string },
  seconds: number,
  window: number,
): Promise<LoadOutcome> {
  const args = [HOST, to, address, seed, Math.round(seconds), window].map(String);
  const limitMs = (seconds + LOAD_GRACE_SECONDS) * 1_000;
  const text = await runJava("ReferenceLoad.java", args, limitMs);
  const line = text.split("\n").at(-1) ?? "";
  return line === "" ? { ok: 0, failed: { "ended early": 1 } } : (JSON.parse(line) as LoadOutcome);
}
