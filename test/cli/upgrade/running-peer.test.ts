// How an upgrade restarts the peer: by systemd when the unit is of this executable and runs, by a
// command, or not at all. systemctl is a script that notes what it is told.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unitText } from "../../../src/cli/service/unit-file.ts";
import { restarterOf, unwellness } from "../../../src/cli/upgrade/running-peer.ts";
import { PATIENCE_MS } from "../../patience.ts";

const PROGRAM = 0o755;
const EXECUTABLE = "/opt/convex peer/bin/convex-peer";

let folder: string;
const { PATH, XDG_CONFIG_HOME } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-restart-"));
  process.env.XDG_CONFIG_HOME = folder;
  process.env.PATH = `${folder}:${PATH}`;
  mkdirSync(join(folder, "systemd", "user"), { recursive: true });
  const text = unitText({
    scope: "user",
    executable: EXECUTABLE,
    dataDir: "/home/me/data",
    startArguments: [],
    passphraseFile: null,
    configFile: null,
  });
  writeFileSync(join(folder, "systemd", "user", "convex-peer.service"), text);
});
afterEach(() => {
  process.env.PATH = PATH;
  if (XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME;
  else process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
  rmSync(folder, { recursive: true });
});

function systemctl(state: string, exitOfRestart = 0): void {
  const script = [
    "#!/bin/sh",
    `echo "$@" >> '${folder}/log'`,
    `case "$2" in show) echo ActiveState=${state} ;; restart) exit ${exitOfRestart} ;; esac`,
    "",
  ].join("\n");
  writeFileSync(join(folder, "systemctl"), script, { mode: PROGRAM });
}

test("a running unit of this executable is restarted by systemd", async () => {
  systemctl("active");
  const restarter = await restarterOf(EXECUTABLE, undefined);
  expect(restarter?.name).toBe("convex-peer.service");
  await restarter?.restart(PATIENCE_MS);
  const told = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  expect(told.at(-1)).toBe("--user restart convex-peer.service");
  systemctl("active", 1);
  await expect(restarter?.restart(PATIENCE_MS)).rejects.toThrow(
    "systemctl --user restart convex-peer.service failed",
  );
});

test("a unit that does not run, or of another executable, is left alone", async () => {
  systemctl("inactive");
  expect(await restarterOf(EXECUTABLE, undefined)).toBeNull();
  systemctl("active");
  expect(await restarterOf("/opt/convex", undefined)).toBeNull();
});

test("the operator's command comes first, and its failure is told", async () => {
  systemctl("active");
  const restarter = await restarterOf(EXECUTABLE, `echo by-command >> '${folder}/log'; exit 3`);
  await expect(restarter?.restart(PATIENCE_MS)).rejects.toThrow("ended with code 3");
});

test("a command that does not end keeps nobody waiting", async () => {
  const restarter = await restarterOf(EXECUTABLE, "exec sleep 60");
  await expect(restarter?.restart(200)).rejects.toThrow("has not ended within 0.2 s");
});

test("no peer at all is not well", async () => {
  const gate = { version: "1.0.0", formerPid: 1, mustBeReady: true, timeoutMs: 1 };
  expect(await unwellness({ ...gate, dataDir: folder })).toBe("no peer runs");
});
