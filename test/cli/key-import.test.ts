// `key import` of what the reference's tools wrote when nobody gave them a passphrase.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { readPkcs12 } from "../../src/keys/pkcs12-store.ts";
import { TEST_MS } from "../patience.ts";
import { CommandFolder } from "./command-run.ts";

setDefaultTimeout(TEST_MS);

interface Row {
  readonly kind: "keystore" | "pem";
  readonly passphrase: string | null;
  readonly seeds: readonly string[];
  readonly hex?: string;
  readonly text?: string;
}

const ROWS = readFileSync(join(import.meta.dir, "../fixtures/key-containers.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row)
  .filter(({ passphrase }) => passphrase === "");

let folder: CommandFolder;
beforeAll(() => {
  folder = new CommandFolder();
  folder.write("empty", "\n");
  folder.write("wrong", "wrong\n");
});
afterAll(() => folder.remove());

/** Writes the row's file; returns the flags that name it. */
function given(row: Row): string[] {
  if (row.kind === "pem") return ["--pem-file", folder.write("key.pem", row.text ?? "")];
  const file = folder.write("key.pfx", fromHex(row.hex ?? "") as Uint8Array);
  return ["--keystore-file", file, "--store-passphrase-file", "empty"];
}

test("both kinds are among the files", () => {
  expect(ROWS.map(({ kind }) => kind).sort()).toEqual(["keystore", "pem"]);
});

test.each(ROWS)("$kind under the empty passphrase", async (row) => {
  const command = ["import", ...given(row)];
  const unsaid = await folder.key(command);
  expect([unsaid.exitCode, unsaid.stdout]).toEqual([64, ""]);
  const wrong = await folder.key([...command, "--import-passphrase-file", "wrong"]);
  expect([wrong.exitCode, wrong.stdout]).toEqual([77, ""]);
  const imported = await folder.key([...command, "--import-passphrase-file", "empty"]);
  const seed = fromHex(row.seeds[0] ?? "") as Uint8Array;
  const key = toHex(KeyPair.fromSeed(seed).publicKey);
  expect([imported.exitCode, imported.stdout]).toEqual([0, `${key}\n`]);
});

test("keys of one store under passphrases of their own are named, and none is taken", async () => {
  const own = new CommandFolder();
  try {
    for (const name of ["one", "two"]) {
      own.write(name, `a passphrase for ${name}\n`);
      await own.key(["new", "--no-mnemonic"]);
    }
    const keys = JSON.parse((await own.key(["list", "--json"])).stdout);
    for (const [i, name] of ["one", "two"].entries()) {
      const into = ["--type", "keystore", "--out", "store.pfx", "--export-passphrase-file", name];
      const { exitCode } = await own.key(["export", "--key", keys[i].publicKey, ...into]);
      expect(exitCode).toBe(0);
    }
    // Of several that add a key to it at once none takes away what another one has added.
    for (let i = 0; i < 3; i++) await own.key(["new", "--no-mnemonic"]);
    const more = JSON.parse((await own.key(["list", "--json"])).stdout);
    const others = more.filter((key: { publicKey: string }) =>
      keys.every(({ publicKey }: { publicKey: string }) => publicKey !== key.publicKey),
    );
    const into = ["--type", "keystore", "--out", "store.pfx", "--export-passphrase-file", "one"];
    const outcomes = await Promise.all(
      others.map(({ publicKey }: { publicKey: string }) =>
        own.key(["export", "--key", publicKey, ...into]),
      ),
    );
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(readPkcs12(readFileSync(join(own.path, "store.pfx"))).entries).toHaveLength(5);
    const from = ["--keystore-file", "store.pfx", "--import-passphrase-file", "one"];
    const all = await own.key(["import", ...from, "--all"]);
    expect([all.exitCode, all.stdout]).toEqual([77, ""]);
    expect(all.stderr).toContain(`${keys[1].publicKey}: Wrong passphrase`);
    expect(all.stderr).toContain("come one by one, with --key HEX. None was taken");
  } finally {
    own.remove();
  }
});
