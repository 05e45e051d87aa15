// The commands of docs/configure.md, stake.md, monitor.md and breach.md do what the pages say, one
// page after another as an operator would go through them, against a network of three.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeerProcess } from "../e2e/peer-process.ts";
import { TEST_MS } from "../patience.ts";
import { commandBlocks, runPage, runScript } from "./command-blocks.ts";
import { screenOnPage, takeScreens } from "./screens.ts";

setDefaultTimeout(TEST_MS);

const BINARY = process.env.CONVEX_PEER_BINARY;
const folder = mkdtempSync(join(tmpdir(), "convex-pages-"));
let network: PeerProcess;
let own: PeerProcess | null = null;

/** All that the commands have printed. */
let printed = "";

const environment = () => ({
  CONVEX_PORT: String(network.peerPort),
  CONVEX_API: network.url,
  OTHER_PEER: `127.0.0.1:${network.peerPort}`,
});

async function run(page: string) {
  const outcome = await runPage(page, { folder, env: environment() });
  printed += outcome.output;
  return outcome;
}

beforeAll(async () => {
  const extra = ["--peers", "3"];
  network = await PeerProcess.start({ command: "local", binary: BINARY, extra });
});
afterAll(async () => {
  await own?.end("SIGKILL");
  await network?.end();
  rmSync(folder, { recursive: true });
});

test("docs/configure.md", async () => {
  const { exitCode, output } = await run("docs/configure.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output).toContain("The configuration is right: 10 settings");
  expect(output).toMatch(/start\.api-port +9090 +CONVEX_API_PORT/);
});

test("docs/stake.md", async () => {
  const { exitCode, output } = await run("docs/stake.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output.match(/^final /gm)?.length).toBe(7);
  expect(output).toContain("takes NO part: below the minimum");
});

/** Puts the stake back that the page before has taken, and waits until the peer has a vote. */
async function stakeAgain(): Promise<void> {
  const shell = [
    "convex-peer stake set 2000 --yes --controller-key-file controller.json",
    "--controller-passphrase-file controller-passphrase",
  ].join(" ");
  const { exitCode, output } = await runScript([shell], { folder, env: environment() });
  expect([exitCode, output]).toEqual([0, output]);
}

test("docs/monitor.md", async () => {
  const extra = ["--bind", "127.0.0.1", "--join", `127.0.0.1:${network.peerPort}`];
  const dataDir = join(folder, "data");
  own = await PeerProcess.start({ command: "start", binary: BINARY, dataDir, extra });
  await stakeAgain();
  const { exitCode, output } = await run("docs/monitor.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output).toContain("ready: ");
  expect(output).toMatch(/ok +stake: 2,000 CVM, it takes part/);
});

test("docs/breach.md", async () => {
  const { exitCode, output } = await run("docs/breach.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output).toContain("Dry run: nothing was done");
  expect(output).toMatch(/^stop: done/m);
  expect(output).toMatch(/^withdraw: done +2,000 CVM went back/m);
  expect(output).toMatch(/^seal: done/m);
  expect(await own?.process.exited).toBe(0);
});

test("nothing that was printed or carried about holds a passphrase or words", () => {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const words = read("controller-words").trim();
  const secrets = ["a long passphrase", words, words.split(" ").slice(0, 3).join(" ")];
  const carried = ["withdraw.json", "withdraw.signed.json", "bundle.json", "findings.json"];
  const texts = [printed, ...carried.map(read)];
  expect(printed.length).toBeGreaterThan(1_000);
  for (const secret of secrets) {
    expect(texts.map((text) => text.includes(secret))).toEqual(texts.map(() => false));
  }
});

/** What a screen has in its first column, figures aside. */
function labels(screen: string): string[] {
  return screen
    .split("\n")
    .map(
      (line) => /^ *(?:(?:ok|WARN|FAIL|-) +)?([A-Za-z'][A-Za-z' ]*?)(?: {2,}|:|$)/.exec(line)?.[1],
    )
    .filter((label) => label !== undefined);
}

test("the screens of docs/monitor.md are of this version: `bun run docs:screens`", async () => {
  const screens = await takeScreens(join(folder, "screens"));
  for (const { name, shown } of screens) {
    expect([name, labels(screenOnPage(name) ?? "")]).toEqual([name, labels(shown)]);
    expect(labels(shown).length).toBeGreaterThan(5);
  }
});

test("the pages have commands to run", () => {
  const counts = ["configure", "stake", "monitor", "breach"].map(
    (page) => commandBlocks(`docs/${page}.md`).length,
  );
  expect(counts).toEqual([2, 8, 6, 2]);
});
