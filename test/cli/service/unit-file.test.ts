// The unit, as systemd judges it, and `service …` with a systemctl that only notes what it is told.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { EXIT } from "../../../src/cli/failure.ts";
import { type UnitOptions, unitText, unitWord } from "../../../src/cli/service/unit-file.ts";
import { notRun } from "../../not-run.ts";
import { TEST_MS } from "../../patience.ts";
import { program } from "../terminal-session.ts";

setDefaultTimeout(TEST_MS);

/** Exposure that systemd-analyze may find, out of 10 (sheet: at most 2.5). */
const EXPOSURE_MAX = 2.5;
const PROGRAM = 0o755;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-unit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function options(changes: Partial<UnitOptions> = {}): UnitOptions {
  return {
    scope: "system",
    executable: "/bin/true",
    dataDir: "/var/lib/convex-peer",
    startArguments: [],
    passphraseFile: null,
    configFile: null,
    ...changes,
  };
}

describe("systemd-analyze", () => {
  const analyse = Bun.which("systemd-analyze");
  const UNITS = [
    options({ passphraseFile: "/etc/convex peer/100%", configFile: "/etc/c.toml" }),
    options({ scope: "user", dataDir: "/home/me/my peer", startArguments: ["--url", "tcp://a:1"] }),
  ];

  test("finds nothing wrong with the units", () => {
    if (analyse === null) return notRun("systemd-analyze is not here");
    for (const each of UNITS) {
      const path = join(folder, "convex-peer.service");
      writeFileSync(path, unitText(each));
      const user = each.scope === "user" ? ["--user"] : [];
      const run = Bun.spawnSync([analyse, ...user, "verify", "--man=no", path], {
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      });
      const about = run.stderr
        .toString()
        .split("\n")
        .filter((line) => line.includes("convex-peer"));
      expect(about).toEqual([]);
    }
  });

  test(`finds an exposure of at most ${EXPOSURE_MAX}`, () => {
    if (analyse === null) return notRun("systemd-analyze is not here");
    const path = join(folder, "convex-peer.service");
    writeFileSync(path, unitText(options()));
    const run = Bun.spawnSync([analyse, "security", "--offline=true", "--no-pager", path]);
    const exposure = /Overall exposure level for [^:]+: ([\d.]+)/.exec(run.stdout.toString())?.[1];
    expect(Number(exposure)).toBeGreaterThan(0);
    expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });
});

test("no setting takes the compiler of the runtime away", () => {
  for (const scope of ["system", "user"] as const)
    expect(unitText(options({ scope }))).not.toContain("MemoryDenyWriteExecute");
});

test("a service is never given up, but for what nobody mends elsewhere", () => {
  const text = unitText(options());
  // Ten starts in ten minutes were over within half a minute where no host of --join listened.
  expect(text).toContain("\nStartLimitIntervalSec=0\n");
  const [, codes = ""] = /^RestartPreventExitStatus=(.*)$/m.exec(text) ?? [];
  const { UNAVAILABLE, NOHOST, IOERR, TEMPFAIL, CONFIG, USAGE } = EXIT;
  const kept = codes.split(" ").map(Number);
  expect([UNAVAILABLE, NOHOST, IOERR, TEMPFAIL].filter((code) => kept.includes(code))).toEqual([]);
  expect(kept).toContainValues([CONFIG, USAGE]);
});

test("a service of the machine waits for the network, one of a user comes with the session", () => {
  const [system, user] = [unitText(options()), unitText(options({ scope: "user" }))];
  for (const line of ["After=network-online.target time-sync.target", "DynamicUser=yes"]) {
    expect([system.includes(`\n${line}\n`), user.includes(`\n${line}\n`)]).toEqual([true, false]);
  }
  expect(system).toContain("\nWantedBy=multi-user.target\n");
  expect(user).toContain("\nWantedBy=default.target\n");
  const sealed = unitText(options({ passphraseFile: "/etc/pass" }));
  expect(sealed).toContain("--passphrase-credential");
  expect(sealed).toMatch(/\nLoadCredential=[^:\n]+:\/etc\/pass\n/);
  expect(system).not.toMatch(/credential/i);
});

test("words of a command line mean themselves", () => {
  expect(["plain", "a b", '"', "\\", "%h", "$HOME", "a;b", ""].map(unitWord)).toEqual([
    "plain",
    '"a b"',
    '"\\""',
    '"\\\\"',
    "%%h",
    '"$$HOME"',
    '"a;b"',
    '""',
  ]);
});

describe("service", () => {
  const unit = () => join(folder, "units", "convex-peer.service");
  /** Instead of a state: no systemd answers. */
  const NOBODY = "nobody";

  /** Properties that the false systemctl shows. */
  function service(args: readonly string[], activeState = "active") {
    const said = [
      "LoadState=loaded",
      `ActiveState=${activeState}`,
      "SubState=running",
      "UnitFileState=enabled",
      "MainPID=7",
      "NRestarts=0",
      "StatusText=takes part in consensus; a=b",
      "ActiveEnterTimestamp=today",
      "FragmentPath=/x",
    ];
    const shown =
      activeState === NOBODY
        ? "echo 'Failed to connect to bus: No medium found' >&2; exit 1"
        : `echo '${said.join("\n")}'`;
    const script = `echo "$@" >> '${folder}/log'\n[ "$1" != show ] || { ${shown}; }\n`;
    writeFileSync(join(folder, "systemctl"), `#!/bin/sh\n${script}`, { mode: PROGRAM });
    const run = Bun.spawnSync(
      [
        ...program(),
        "service",
        args[0] ?? "",
        ...["--unit-dir", join(folder, "units"), "--no-user"],
        ...args.slice(1),
      ],
      { env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, CONVEX_CONFIG: "" } },
    );
    return {
      exitCode: run.exitCode,
      output: run.stdout.toString(),
      error: run.stderr.toString(),
    };
  }
  const told = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  const TRUE = ["--executable", "/bin/true"];
  const INSTALL = ["install", "--data-dir", "/var/lib/convex-peer", ...TRUE];

  test("where no systemd answers nothing is written, and what to do is said", () => {
    const { exitCode, error } = service(INSTALL, NOBODY);
    expect([exitCode, error]).toEqual([69, expect.stringContaining("`convex-peer start` under")]);
    expect(existsSync(unit())).toBe(false);
  });

  test("install writes, enables and starts the unit, and again changes nothing", () => {
    expect(service(INSTALL)).toMatchObject({ exitCode: 0, error: "" });
    expect(readFileSync(unit(), "utf8")).toBe(unitText(options()));
    expect(statSync(unit()).mode & 0o777).toBe(0o644);
    expect(told().slice(1)).toEqual([
      "daemon-reload",
      "enable convex-peer.service",
      "restart convex-peer.service",
    ]);
    expect(service(INSTALL).output).toContain("Kept");
    expect(told().at(-1)).toBe("start convex-peer.service");
  });

  test("install refuses what systemd could not start", () => {
    const refused: readonly (readonly [readonly string[], number, string])[] = [
      [["--executable", "/home/me/bin/convex-peer"], 78, "does not see /home/me"],
      [[...TRUE, "--data-dir", "/srv/peer"], 78, "expected a folder of /var/lib"],
      [[...TRUE, "--passphrase-file", "/nowhere"], 66, "no passphrase file"],
      [[...TRUE, "--", "--data-dir=/x"], 64, "The unit sets --data-dir=/x"],
      [[...TRUE, "--", "--prot", "3"], 64, "no flag registered for --prot, did you mean --port?"],
      [[...TRUE, "--print", "--", "--port", "x"], 64, "--port: expected a port number"],
      [[...TRUE, "--", "--url", "--faucet"], 64, "--url is needed, with its value"],
      [[...TRUE, "--", "peer.example.org:18888"], 64, "no flag registered for peer.example"],
      [[...TRUE, "--", "--genesis", "/nowhere"], 66, "--genesis: there is no file /nowhere"],
      [
        [...TRUE, "--", "--cert=/home/me/a.pem"],
        78,
        "a service of the machine does not see /home/me",
      ],
    ];
    for (const [args, exitCode, text] of refused) {
      const outcome = service(["install", ...args]);
      expect([outcome.exitCode, outcome.error]).toEqual([exitCode, outcome.error]);
      expect(outcome.error).toContain(text);
    }
    expect(existsSync(unit())).toBe(false);
    // As `start` takes it.
    const right = ["--no-faucet", "--port=3", "--apiPort", "4", "--join", "localhost:1"];
    expect(service(["install", ...TRUE, "--print", "--", ...right])).toMatchObject({ exitCode: 0 });
  });

  test("files are named by their whole path, from where the command runs", () => {
    const file = join(folder, "genesis.cad3");
    writeFileSync(file, "");
    const near = relative(process.cwd(), file);
    const words = ["--faucet", "--genesis", near, `--key-file=${near}`, "--port", "3"];
    const { exitCode, output } = service(["install", ...TRUE, "--print", "--", ...words]);
    expect(exitCode).toBe(0);
    expect(output).toContain(` --faucet --genesis ${file} --key-file=${file} --port 3\n`);
  });

  test("status shows what systemd knows, and fails when the peer does not run", () => {
    expect(service(["status"])).toMatchObject({ exitCode: 69 });
    service(INSTALL);
    const shown = service(["status"]);
    expect(shown.exitCode).toBe(0);
    expect(shown.output).toContain("takes part in consensus; a=b");
    const failed = service(["status", "--json"], "failed");
    expect([failed.exitCode, JSON.parse(failed.output).ActiveState]).toEqual([75, "failed"]);
  });

  test("uninstall stops it and takes the unit away", () => {
    expect(service(["uninstall"])).toMatchObject({ exitCode: 69 });
    expect(service(["uninstall", "--if-installed"])).toMatchObject({ exitCode: 0 });
    service(INSTALL);
    // It is the service of another executable.
    expect(service(["uninstall", "--if-installed"])).toMatchObject({ exitCode: 0 });
    expect(existsSync(unit())).toBe(true);
    expect(service(["uninstall"])).toMatchObject({ exitCode: 0 });
    expect(existsSync(unit())).toBe(false);
    expect(told().slice(-2)).toEqual(["disable --now convex-peer.service", "daemon-reload"]);
  });
});
