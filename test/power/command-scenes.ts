// Power cuts right after a command has said that it is done: what it did is there afterwards.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { sealPeer } from "../../src/cli/emergency/sealing.ts";
import { placesOf } from "../../src/cli/files/data-folder.ts";
import { Systemd } from "../../src/cli/service/systemd.ts";
import { Replacement } from "../../src/cli/upgrade/replacement.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { TestAccount } from "../e2e/rest-client.ts";
import { runCommand } from "./commands.ts";
import { PowerCut } from "./power-cut.ts";

const COMMAND_MS = 20_000;

/** What a scene works with. */
class Stage {
  readonly binary: string | undefined;
  readonly disk = new PowerCut();
  readonly dataDir = join(this.disk.path, "data");
  #peer: PeerProcess | null = null;

  constructor(binary: string | undefined) {
    this.binary = binary;
  }

  path(name: string): string {
    return join(this.disk.path, name);
  }

  async start(): Promise<PeerProcess> {
    const { binary, dataDir } = this;
    this.#peer = await PeerProcess.start({
      command: "start",
      binary,
      dataDir,
      extra: ["--faucet"],
      stderr: "pipe",
    });
    return this.#peer;
  }

  async stop(): Promise<void> {
    await this.#peer?.end();
    this.#peer = null;
  }

  /** What a command of the data directory says, and how it ends; killed where it goes on. */
  async attempt(...words: string[]) {
    const { process, outcome } = runCommand(this.binary, [...words, "--data-dir", this.dataDir]);
    const timer = setTimeout(() => process.kill("SIGKILL"), COMMAND_MS);
    const ended = await outcome;
    clearTimeout(timer);
    return ended;
  }

  /** As `attempt`; it has to succeed. */
  async run(...words: string[]): Promise<string> {
    const { code, text } = await this.attempt(...words);
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${text}`);
    return text;
  }

  removeStore(): void {
    for (const name of readdirSync(this.dataDir)) {
      if (name.startsWith("store.db")) rmSync(join(this.dataDir, name));
    }
  }

  /** Everything so far is on the disk; what follows has to look after itself. */
  settle(): void {
    Bun.spawnSync(["sync", "-f", this.disk.path]);
  }

  async cut(): Promise<void> {
    this.disk.cut();
    await this.#peer?.end("SIGKILL");
    this.#peer = null;
    this.disk.restore();
  }

  async close(): Promise<void> {
    await this.#peer?.end("SIGKILL");
    this.disk.remove();
  }
}

/** Null when all that was told is there, else what is missing. */
type Scene = (stage: Stage) => Promise<string | null>;

async function withAccount(stage: Stage): Promise<number> {
  const peer = await stage.start();
  const account = await TestAccount.create(peer.url, 0);
  await stage.stop();
  stage.settle();
  return account.address;
}

async function hasAccount(stage: Stage, address: number): Promise<string | null> {
  const peer = await stage.start();
  const { status } = await fetch(`${peer.url}/api/v1/accounts/${address}`);
  return status === 200 ? null : `account #${address}: status ${status}`;
}

function keyFileOf(stage: Stage): string {
  const folder = join(stage.dataDir, "keys");
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".json")) as string);
}

const SCENES: Readonly<Record<string, Scene>> = {
  "a first start": async (stage) => {
    const peer = await stage.start();
    const { address } = await TestAccount.create(peer.url, 0);
    await stage.cut();
    return hasAccount(stage, address);
  },
  "key new": async (stage) => {
    await stage.run("key", "new", "--no-mnemonic");
    await stage.cut();
    const keys = JSON.parse(await stage.run("key", "list", "--json"));
    return keys.length === 1 ? null : `there are ${keys.length} keys`;
  },
  "key passphrase": async (stage) => {
    await stage.run("key", "new", "--no-mnemonic");
    writeFileSync(stage.path("words"), "correct horse\n");
    stage.settle();
    await stage.run("key", "passphrase", "--new-passphrase-file", stage.path("words"));
    await stage.cut();
    const text = readFileSync(keyFileOf(stage), "utf8");
    return text.includes("scrypt") ? null : "the key file is not encrypted";
  },
  "genesis --out": async (stage) => {
    await stage.run("key", "new", "--no-mnemonic");
    stage.settle();
    await stage.run("genesis", "--out", stage.path("genesis.cad3"));
    await stage.cut();
    const size = statSync(stage.path("genesis.cad3"), { throwIfNoEntry: false })?.size ?? 0;
    return size > 10_000 ? null : `the file of the genesis has ${size} bytes`;
  },
  "peers ban": async (stage) => {
    await stage.start();
    await stage.run("peers", "ban", "192.0.2.7");
    await stage.cut();
    await stage.start();
    const text = await stage.run("peers", "bans");
    return text.includes("192.0.2.7") ? null : `the ban is gone: ${text}`;
  },
  "store gc": async (stage) => {
    const address = await withAccount(stage);
    await stage.run("store", "gc", "--history", "1s");
    await stage.cut();
    return hasAccount(stage, address);
  },
  "store compact": async (stage) => {
    const address = await withAccount(stage);
    await stage.run("store", "compact");
    await stage.cut();
    return hasAccount(stage, address);
  },
  "store backup": async (stage) => {
    const address = await withAccount(stage);
    await stage.run("store", "backup", stage.path("backup"));
    await stage.cut();
    stage.removeStore();
    await stage.run("store", "restore", stage.path("backup"), "--verify");
    return hasAccount(stage, address);
  },
  "store restore": async (stage) => {
    const address = await withAccount(stage);
    await stage.run("store", "backup", stage.path("backup"));
    stage.removeStore();
    stage.settle();
    await stage.run("store", "restore", stage.path("backup"));
    await stage.cut();
    return hasAccount(stage, address);
  },
  emergency: async (stage) => {
    await withAccount(stage);
    const folder = placesOf(stage.dataDir);
    const name = basename(keyFileOf(stage));
    sealPeer(folder, name.slice(0, name.indexOf(".")), new Date());
    await stage.cut();
    if (existsSync(join(folder.keys, name))) return "the key is back";
    const { code } = await stage.attempt("start", "--port", "0", "--api-port", "0");
    return code === 78 ? null : "start is not refused";
  },
  "service install": async (stage) => {
    const folder = stage.path("units");
    mkdirSync(folder);
    stage.settle();
    const units = new Systemd("system", folder);
    units.write("[Unit]\n");
    await stage.cut();
    const text = units.read();
    return text === "[Unit]\n" ? null : `the unit is ${JSON.stringify(text)}`;
  },
  upgrade: async (stage) => {
    const [place, next] = [stage.path("convex-peer"), stage.path("next")];
    writeFileSync(place, "the one before".repeat(100_000), { mode: 0o755 });
    stage.settle();
    writeFileSync(next, "the new one".repeat(100_000), { mode: 0o755 });
    const replacement = new Replacement(place);
    copyFileSync(next, replacement.staged);
    replacement.swap();
    replacement.close();
    await stage.cut();
    const [now, before] = [place, replacement.previous].map((path) =>
      existsSync(path) ? readFileSync(path, "utf8").slice(0, 20) : "nothing",
    );
    const isThere = now?.startsWith("the new one") && before?.startsWith("the one before");
    return isThere ? null : `in place: '${now}', before: '${before}'`;
  },
};

export const SCENE_NAMES = Object.keys(SCENES);

/** Sentences about what a scene was told and is not there. */
export async function playScene(name: string, binary: string | undefined): Promise<string[]> {
  const stage = new Stage(binary);
  try {
    const missing = await (SCENES[name] as Scene)(stage);
    return missing === null ? [] : [`${name}: ${missing}`];
  } finally {
    await stage.close();
  }
}
