// What is bundled is the same every time and in every folder, and the executable takes nothing from
// the folder that it is started in.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { billOfMaterials } from "../../release/bill-of-materials.ts";
import { bundleHash, writeExecutable } from "../../release/executable.ts";
import { notRun } from "../not-run.ts";
import { TEST_MS } from "../patience.ts";

setDefaultTimeout(TEST_MS);

const ROOT = join(import.meta.dir, "..", "..");
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "convex-build-"));
  program = join(folder, "one", "convex-peer");
  await writeExecutable(program, null);
});
afterAll(() => rmSync(folder, { recursive: true }));

function sumOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

test("two builds give the same bundle and, under one name, the same executable", async () => {
  const again = join(folder, "two", "convex-peer");
  await writeExecutable(again, null);
  expect(sumOf(again)).toBe(sumOf(program));

  const elsewhere = join(folder, "deep", "er", "checkout");
  mkdirSync(elsewhere, { recursive: true });
  for (const name of ["src", "release", "package.json", "tsconfig.json"])
    cpSync(join(ROOT, name), join(elsewhere, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(elsewhere, "node_modules"));
  const script = 'console.log(await (await import("./release/executable.ts")).bundleHash({}))';
  const there = Bun.spawnSync([process.execPath, "-e", script], { cwd: elsewhere });
  expect([there.stdout.toString().trim(), there.stderr.toString()]).toEqual([
    await bundleHash({}),
    "",
  ]);
  expect(await bundleHash({ releaseKey: "another" })).not.toBe(await bundleHash({}));
});

test("neither .env nor bunfig.toml of the folder it is started in change it", () => {
  const trap = join(folder, "trap");
  mkdirSync(trap);
  writeFileSync(join(trap, ".env"), "CONVEX_PEER_PORT=nonsense\nCONVEX_CONFIG=/nowhere.toml\n");
  writeFileSync(join(trap, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
  writeFileSync(join(trap, "evil.ts"), 'console.log("EVIL"); process.exit(3);\n');
  writeFileSync(join(trap, "tsconfig.json"), "{ not json");
  writeFileSync(join(trap, "package.json"), "{ not json");
  const env = { PATH: "/usr/bin:/bin", HOME: trap };
  const version = Bun.spawnSync([program, "--version"], { cwd: trap, env });
  const shown = Bun.spawnSync([program, "config", "show", "--json"], { cwd: trap, env });
  expect([version.stdout.toString(), version.exitCode]).toEqual([`${packageJson.version}\n`, 0]);
  expect([shown.exitCode, shown.stdout.toString()]).toEqual([
    0,
    expect.not.stringContaining("nonsense"),
  ]);
  // The same variables count where the operator has set them.
  const set = Bun.spawnSync([program, "config", "show"], {
    cwd: trap,
    env: { ...env, CONVEX_CONFIG: "/nowhere.toml" },
  });
  expect(set.exitCode).not.toBe(0);
});

test("the bill of materials names every dependency and the runtime, and no machine", () => {
  if (Bun.which("npm") === null) return notRun("npm is not here");
  const text = billOfMaterials();
  const bom = JSON.parse(text) as { components: { name: string; version: string }[] };
  const found = bom.components.map(({ name, version }) => `${name}@${version}`);
  for (const [name, version] of Object.entries(packageJson.dependencies))
    expect(found).toContain(`${name}@${version}`);
  expect(found).toContain(`bun@${packageJson.devDependencies.bun}`);
  expect(found.filter((each) => each.startsWith("typescript@"))).toEqual([]);
  expect(text).not.toContain(ROOT);
  expect(billOfMaterials()).toBe(text);
});
