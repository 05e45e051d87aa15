// The commands of docs/join.md, against a network of three; and that every page is in the index.

import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../e2e/peer-process.ts";
import { TEST_MS } from "../patience.ts";
import { commandBlocks, runScript } from "./command-blocks.ts";

setDefaultTimeout(TEST_MS);

const DOCS = join(import.meta.dir, "..", "..", "docs");

test("docs/join.md", async () => {
  const binary = process.env.CONVEX_PEER_BINARY;
  const network = await PeerProcess.start({ command: "local", binary, extra: ["--peers", "3"] });
  try {
    const status = (await (await fetch(`${network.url}/api/v1/status`)).json()) as {
      genesis: string;
    };
    const env = {
      OTHER_PEER: `127.0.0.1:${network.peerPort}`,
      GENESIS: status.genesis,
      CONVEX_PEER_PORT: "0",
      CONVEX_BIND: "127.0.0.1",
      CONVEX_API_PORT: "0",
    };
    const atEnd = 'trap "kill \\$(jobs -p) 2>/dev/null || true" EXIT';
    const blocks = [atEnd, ...commandBlocks("docs/join.md"), "echo ended with $?"];
    const { exitCode, output } = await runScript(blocks, { env });
    expect([exitCode, output]).toEqual([0, output]);
    expect(output).toContain(`genesis  ${status.genesis.replace(/^0x/, "")}`);
    expect(output).toMatch(/^ready: observer/m);
    expect(output).toMatch(/outgoing/);
    expect(output).toContain("ended with 0\n");
  } finally {
    await network.end();
    network.removeData();
  }
});

test("the index names every page, and pages name only pages that are there", () => {
  const pages = readdirSync(DOCS).filter((name) => name.endsWith(".md") && name !== "README.md");
  const index = readFileSync(join(DOCS, "README.md"), "utf8");
  for (const page of pages) expect(index).toContain(`](${page})`);
  for (const page of ["README.md", ...pages]) {
    const text = readFileSync(join(DOCS, page), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
    const absent = links.filter((link) => !existsSync(join(DOCS, link)));
    expect([page, absent]).toEqual([page, []]);
  }
});
