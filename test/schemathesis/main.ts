// Holds a peer against its own OpenAPI document with schemathesis (PyPI): no failure of the server,
// and only responses that the document has. 350 examples a route make some 10,000 cases.
// It needs Python with venv; where that is missing it says so and ends with 0. Not part of `npm
// test`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine, wholeNumber } from "../../release/tool.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { notRun } from "../not-run.ts";

const PACKAGE = "schemathesis==4.32.5";
const CONFORMANCE = "response_schema_conformance,content_type_conformance,status_code_conformance";
const TOOL = {
  command: "bun run schemathesis",
  usage: `[EXAMPLES]

  EXAMPLES  cases for each route (350)`,
  flags: {},
  places: ["EXAMPLES"],
} as const;
/** A stream without end, and the end of the peer. */
const LEFT_OUT = ["/api/v1/events", "/api/v1/peer/shutdown"];
/** Answers 503 when the peer is not what the reader asks for: that is its work. */
const HEALTH = "/readyz";

/** Installs schemathesis into a fresh environment; answers why it can't, null when it can. */
function obstacle(folder: string): string | null {
  if (Bun.which("python3") === null) return "python3 is not installed";
  const made = Bun.spawnSync(["python3", "-m", "venv", folder]);
  if (made.exitCode !== 0) return "python3 has no venv module";
  const pip = [join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", PACKAGE];
  return Bun.spawnSync(pip).exitCode === 0 ? null : `${PACKAGE} could not be installed`;
}

/** @param folder where it may leave what it remembers */
async function run(folder: string, url: string, more: readonly string[]): Promise<number> {
  const path = join(folder, "bin", "schemathesis");
  const shared = ["--url", url, "--request-timeout", "20", "--no-color"];
  const child = Bun.spawn([path, "run", `${url}/openapi.json`, ...shared, ...more], {
    cwd: folder,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  return child.exited;
}

async function main(): Promise<number> {
  const examples = readCommandLine(
    TOOL,
    ({ positionals }) => `${wholeNumber(positionals[0] ?? "350", "EXAMPLES", 1)}`,
  );
  const folder = mkdtempSync(join(tmpdir(), "convex-peer-schemathesis-"));
  try {
    const missing = obstacle(folder);
    if (missing !== null) {
      notRun(`${missing}; schemathesis was not run`);
      return 0;
    }
    const peer = await PeerProcess.start({ command: "local" });
    const without = [...LEFT_OUT, HEALTH].flatMap((one) => ["--exclude-path", one]);
    const checks = ["--checks", `not_a_server_error,${CONFORMANCE}`];
    const most = ["--max-examples", examples, ...checks, ...without];
    const codes = [
      await run(folder, peer.url, most),
      await run(folder, peer.url, [
        ...["--max-examples", examples, "--checks", CONFORMANCE],
        ...["--include-path", HEALTH],
      ]),
    ];
    const isWell = (await peer.end()) === 0;
    peer.removeData();
    return isWell && codes.every((code) => code === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(await main());
