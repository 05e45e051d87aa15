// Text screenshots for the documentation: what commands show of a peer that has just started, with
// the places of this machine replaced by those an operator would see.

import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../cli/terminal-session.ts";

const ROOT = join(import.meta.dir, "..", "..");
export const SCREENS_PAGE = join(ROOT, "docs", "monitor.md");
const DATA_DIR = "/var/lib/convex-peer";
const PEER_PORT = "18888";
const API_PORT = "8080";
const ACCOUNTS = 3;

export interface Screen {
  readonly name: string;
  /** The command line, as it is typed. */
  readonly typed: string;
  readonly shown: string;
}

interface Place {
  readonly dataDir: string;
  readonly peerPort: string;
  readonly apiPort: string;
}

function asAnOperatorSeesIt(text: string, { dataDir, peerPort, apiPort }: Place): string {
  return text
    .replaceAll(dataDir, DATA_DIR)
    .replaceAll(tmpdir(), "/tmp")
    .replaceAll(new RegExp(`\\b${peerPort}\\b`, "g"), PEER_PORT)
    .replaceAll(new RegExp(`\\b${apiPort}\\b`, "g"), API_PORT)
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
}

const environment = { ...process.env, NO_COLOR: "1", CONVEX_CONFIG: "" };

async function shownBy(...args: string[]): Promise<string> {
  const child = Bun.spawn([...program(), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    env: environment,
  });
  const text = await new Response(child.stdout).text();
  await child.exited;
  return text;
}

/** Waits for the last line of the banner. */
async function readBanner(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  let text = "";
  while (!/stop {2,}.*\n/.test(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the peer has ended: ${text}`);
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return text;
}

/** Runs a peer in this data directory, and takes its screens. */
export async function takeScreens(dataDir: string): Promise<Screen[]> {
  const args = ["--data-dir", dataDir, "--port", "0", "--api-port", "0", "--bind", "127.0.0.1"];
  const child = Bun.spawn([...program(), "start", ...args, "--faucet"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    env: environment,
  });
  try {
    const banner = await readBanner(child.stdout);
    const peerPort = /peers +\S+:(\d+) /.exec(banner)?.[1] ?? "";
    const apiPort = /API +https?:\/\/[^:]+:(\d+)/.exec(banner)?.[1] ?? "";
    const place = { dataDir, peerPort, apiPort };
    const own = ["--data-dir", dataDir];
    await shownBy("health", "--wait", "30", ...own);
    // Some accounts, so that there is something to see.
    const account = ["account", "create", "--public-key", "11".repeat(32)];
    for (let i = 0; i < ACCOUNTS; i++) {
      await shownBy(...account, "--api", `http://127.0.0.1:${apiPort}`);
    }
    const screens = [
      ["start", "convex-peer start --faucet", banner],
      ["status", "convex-peer status", await shownBy("status", ...own)],
      ["watch", "convex-peer watch", await shownBy("watch", "--once", ...own)],
      ["doctor", "convex-peer doctor", await shownBy("doctor", ...own)],
    ] as const;
    return screens.map(([name, typed, text]) => ({
      name,
      typed,
      shown: asAnOperatorSeesIt(text, place),
    }));
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}

const opening = (name: string) => `<!-- screen ${name} -->\n`;
const CLOSING = "<!-- /screen -->";

/** What the page shows for a screen now, null when it has no place for it. */
export function screenOnPage(name: string): string | null {
  const text = readFileSync(SCREENS_PAGE, "utf8");
  const from = text.indexOf(opening(name));
  if (from < 0) return null;
  const block = text.slice(from + opening(name).length, text.indexOf(CLOSING, from));
  return block
    .replace(/^\s*```console\n\$ .*\n/, "")
    .replace(/```\s*$/, "")
    .trimEnd();
}

/** Puts screens in their places. */
export function writeScreens(screens: readonly Screen[]): void {
  let text = readFileSync(SCREENS_PAGE, "utf8");
  for (const { name, typed, shown } of screens) {
    const from = text.indexOf(opening(name));
    if (from < 0) throw new Error(`${SCREENS_PAGE} has no place for the screen '${name}'`);
    const to = text.indexOf(CLOSING, from);
    const block = `${opening(name)}\n\`\`\`console\n$ ${typed}\n${shown}\n\`\`\`\n\n`;
    text = text.slice(0, from) + block + text.slice(to);
  }
  writeFileSync(SCREENS_PAGE, text);
}
