// `key …` without a terminal, as scripts and release checks call it.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { KeyPair, verify } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { readMnemonic } from "../../src/keys/mnemonic.ts";
import { openEntry, readPkcs12 } from "../../src/keys/pkcs12-store.ts";
import { readContainerFile } from "../../src/keys/secret-file.ts";
import { TEST_MS } from "../patience.ts";
import { CommandFolder } from "./command-run.ts";

setDefaultTimeout(TEST_MS);

const ABANDON = `${"abandon ".repeat(11)}about`;
const KEY = "036598af84b625f6f36753eda9de6730f7d828cf14994dc55e87ecf3c22674e9";
const SEED = "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2";
const KEY_TREZOR = "153b71ad425e69376aa4854677312b4290bf2c6b90cbf112f7872a99ff993bf5";
const PASSPHRASE = "open-sesame-4711";

let folder: CommandFolder;
function inFolder(): void {
  beforeAll(() => {
    folder = new CommandFolder();
    folder.write("pass", `${PASSPHRASE}\n`);
    folder.write("words", `${ABANDON}\n`);
    folder.write("seed", `${SEED}\n`);
  });
  afterAll(() => folder.remove());
}

describe("new", () => {
  inFolder();

  test("without a terminal it wants to know where the words go", async () => {
    const { exitCode, stdout, stderr } = await folder.key(["new"]);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("--mnemonic-out FILE");
    expect(folder.files()).not.toContain("data");
    const both = await folder.key(["new", "--no-mnemonic", "--mnemonic-out", "w"]);
    expect(both.exitCode).toBe(64);
  });

  test("the words in the file bring the key back", async () => {
    const made = await folder.key([
      "new",
      "--mnemonic-out",
      "w1",
      "--passphrase-file",
      "pass",
      "--json",
    ]);
    expect(made.exitCode).toBe(0);
    const { publicKey, encrypted } = JSON.parse(made.stdout) as Record<string, unknown>;
    expect(encrypted).toBe(true);
    expect(folder.mode("w1")).toBe(0o600);
    expect(readMnemonic(folder.read("w1")).split(" ").length).toBe(24);
    const checked = await folder.key(["check", "--mnemonic-file", "w1", "--json"]);
    expect(JSON.parse(checked.stdout)).toEqual({ recovers: true, publicKey, found: publicKey });
  });

  test("words already there stay, and no key is made", async () => {
    folder.write("w2", "mine");
    const { exitCode } = await folder.key(["new", "--mnemonic-out", "w2"]);
    expect([exitCode, folder.read("w2")]).toEqual([73, "mine"]);
    const listed = await folder.key(["list", "--json"]);
    expect((JSON.parse(listed.stdout) as unknown[]).length).toBe(1);
  });

  test.each([12, 15, 18, 21, 24])("%d words", async (count) => {
    const name = `words-${count}`;
    await folder.key(["new", "--words", String(count), "--mnemonic-out", name]);
    expect(readMnemonic(folder.read(name)).split(" ").length).toBe(count);
  });

  test("without words, and without a passphrase: both are said", async () => {
    const { exitCode, stderr } = await folder.key(["new", "--no-mnemonic"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("NOT encrypted");
    expect(stderr).toContain("key paper --seed");
  });
});

describe("recover", () => {
  inFolder();

  test("the sheet's key, under a passphrase for the file", async () => {
    const recover = ["recover", "--mnemonic-file", "words", "--passphrase-file", "pass", "--json"];
    const first = await folder.key(recover);
    expect(first.exitCode).toBe(0);
    const facts = JSON.parse(first.stdout) as Record<string, unknown>;
    expect(facts).toMatchObject({ publicKey: KEY, encrypted: true, added: true });
    const second = await folder.key(recover);
    expect(second.exitCode).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ publicKey: KEY, added: false });
    // Another passphrase than that of its file is not said to be the file's.
    folder.write("another", "another passphrase\n");
    const words = ["recover", "--mnemonic-file", "words", "--passphrase-file", "another"];
    const { exitCode, stderr } = await folder.key(words);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining("is unchanged, encrypted under the passphrase that it had"),
    ]);
    expect(stderr).not.toContain("your passphrase.");
    const exported = await folder.key([
      "export",
      "--type",
      "seed",
      "--out",
      "-",
      "--passphrase-file",
      "pass",
    ]);
    expect(exported.stdout).toBe(`${SEED}\n`);
  });

  test("a passphrase of the words, or one taken for it", async () => {
    folder.write("trezor", "TREZOR");
    const words = ["recover", "--mnemonic-file", "words", "--json"];
    const meant = await folder.key([...words, "--mnemonic-passphrase-file", "trezor"]);
    expect(JSON.parse(meant.stdout)).toMatchObject({ publicKey: KEY_TREZOR });
    const mixedUp = await folder.key([...words, "--passphrase-file", "trezor"]);
    expect(JSON.parse(mixedUp.stdout)).toMatchObject({
      publicKey: KEY,
      keyIfPassphraseIsOfWords: KEY_TREZOR,
    });
  });

  test("an empty passphrase file stands for none, and that is said", async () => {
    folder.write("none", "\n");
    const words = ["recover", "--mnemonic-file", "words", "--path", "m/44/864/0/0/9"];
    const { exitCode, stderr } = await folder.key([...words, "--passphrase-file", "none"]);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("NOT encrypted")]);
  });

  test("only the key expected", async () => {
    const words = ["recover", "--mnemonic-file", "words"];
    const { exitCode, stderr } = await folder.key([...words, "--path", "m", "--expect", "0365"]);
    expect(exitCode).toBe(65);
    expect(stderr).toContain("give --path m/44/864/0/0/0");
    const right = await folder.key([...words, "--expect", "0x0365"]);
    expect(right.exitCode).toBe(0);
  });

  test("a path the reference would misread", async () => {
    const path = "m/44'/864'/0'/0'/0'";
    const { exitCode, stderr } = await folder.key([
      "recover",
      "--mnemonic-file",
      "words",
      "--path",
      path,
    ]);
    expect(exitCode).toBe(65);
    expect(stderr).toContain("every level is hardened anyway");
  });

  test("words with a mistake; the reference takes them as they stand", async () => {
    const wrong = "sing bomb stay manual powder hard north mixture sausage lunch retreat desert";
    folder.write("wrong", wrong);
    folder.write("wrong-pass", "hello1234567890ZZ");
    const checked = await folder.key(["recover", "--mnemonic-file", "wrong"]);
    expect(checked.exitCode).toBe(65);
    expect(checked.stderr).toContain("checksum");
    const exact = ["--exact-text", "--mnemonic-passphrase-file", "wrong-pass", "--json"];
    const taken = await folder.key(["recover", "--mnemonic-file", "wrong", ...exact]);
    expect(JSON.parse(taken.stdout)).toMatchObject({
      publicKey: "e3b4746e32f32eb7b1c6af045dd7238ee5eea71b33c8b5cd91a22bcdac5b0c54",
    });
  });

  test("without words or terminal", async () => {
    const { exitCode, stderr } = await folder.key(["recover"]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("--mnemonic-file FILE");
  });
});

describe("import and export", () => {
  inFolder();

  test("a seed", async () => {
    const imported = await folder.key([
      "import",
      "--seed-file",
      "seed",
      "--passphrase-file",
      "pass",
      "--json",
    ]);
    expect(JSON.parse(imported.stdout)).toMatchObject({ publicKey: KEY, encrypted: true });
    const again = await folder.key(["import", "--seed-file", "seed"]);
    expect(again.exitCode).toBe(73);
    expect((await folder.key(["import"])).exitCode).toBe(64);
    expect((await folder.key(["import", "--seed-file", "not-there"])).exitCode).toBe(66);
  });

  test.each(["pem", "pem-pbes2"])("%s out and in", async (type) => {
    folder.write("export-pass", "pä€s");
    const passes = ["--passphrase-file", "pass", "--export-passphrase-file", "export-pass"];
    const out = await folder.key(["export", "--type", type, "--out", `key.${type}`, ...passes]);
    expect([out.exitCode, out.stdout]).toEqual([0, ""]);
    expect(folder.mode(`key.${type}`)).toBe(0o600);
    const other = ["--data-dir", `other-${type}`, "--import-passphrase-file", "export-pass"];
    const child = await folder.key([
      "import",
      "--pem-file",
      `key.${type}`,
      ...other.slice(2),
      "--json",
    ]);
    expect(child.exitCode).toBe(73);
    const wrong = ["--import-passphrase-file", "pass"];
    const refused = await folder.key(["import", "--pem-file", `key.${type}`, ...wrong]);
    expect(refused.exitCode).toBe(77);
  });

  test("a key store, made and added to", async () => {
    folder.write("key-pass", "key");
    folder.write("store-pass", "store");
    await folder.key(["new", "--no-mnemonic"]);
    const common = ["--type", "keystore", "--out", "k.pfx", "--passphrase-file", "pass"];
    const first = [
      ...common,
      "--export-passphrase-file",
      "key-pass",
      "--store-passphrase-file",
      "store-pass",
    ];
    expect((await folder.key(["export", "--key", "0365", ...first])).exitCode).toBe(0);
    expect((await folder.key(["export", "--key", "0365", ...first])).exitCode).toBe(73);
    const others = JSON.parse((await folder.key(["list", "--json"])).stdout) as {
      publicKey: string;
    }[];
    const other = others.find(({ publicKey }) => publicKey !== KEY)?.publicKey ?? "";
    const noStore = [...common, "--export-passphrase-file", "key-pass"];
    const lost = await folder.key(["export", "--key", other, ...noStore]);
    expect(lost.stderr).toContain("integrity check that would be lost");
    expect((await folder.key(["export", "--key", other, ...first])).exitCode).toBe(0);
    const store = readPkcs12(readContainerFile(`${folder.path}/k.pfx`));
    expect(store.entries.map(({ alias }) => alias)).toEqual([KEY, other]);
    expect(store.verify("store")).toBe(true);
    expect(folder.mode("k.pfx")).toBe(0o600);
    const [entry] = store.entries;
    if (entry !== undefined) expect(toHex(await openEntry(entry, "key"))).toBe(SEED);
  });

  test("keys of a key store", async () => {
    const all = ["import", "--keystore-file", "k.pfx", "--import-passphrase-file", "key-pass"];
    const unnamed = await folder.key(all);
    expect(unnamed.exitCode).toBe(65);
    expect(unnamed.stderr).toContain(KEY);
    expect((await folder.key([...all, "--key", "ffff"])).exitCode).toBe(65);
    const there = await folder.key([...all, "--all"]);
    expect([there.exitCode, there.stderr.match(/there already/g)?.length]).toEqual([0, 2]);
    const wrong = await folder.key([...all, "--all", "--store-passphrase-file", "pass"]);
    expect(wrong.exitCode).toBe(77);
  });
});

describe("passphrases", () => {
  inFolder();

  test("another one, none, and where they may come from", async () => {
    folder.write("next", "another");
    await folder.key(["import", "--seed-file", "seed", "--passphrase-file", "pass"]);
    const change = ["passphrase", "--passphrase-file", "pass", "--new-passphrase-file", "next"];
    expect((await folder.key(change)).exitCode).toBe(0);
    expect((await folder.key(change)).exitCode).toBe(77);
    const again = ["passphrase", "--passphrase-file", "next", "--new-passphrase-fd", "0"];
    const short = await folder.key(again, "another\n");
    expect([short.exitCode, short.stderr]).toEqual([0, expect.stringContaining("is short")]);
    const sign = ["sign", "--hex", "00"];
    expect((await folder.key([...sign, "--passphrase-fd", "0"], "another\n")).exitCode).toBe(0);
    expect((await folder.key(sign)).exitCode).toBe(77);
    const two = await folder.key([...sign, "--passphrase-file", "next", "--passphrase-fd", "0"]);
    expect(two.exitCode).toBe(64);
    expect((await folder.key(["passphrase", "--passphrase-file", "next"])).exitCode).toBe(64);
    expect(
      (await folder.key(["passphrase", "--passphrase-file", "next", "--remove"])).exitCode,
    ).toBe(0);
    expect((await folder.key(sign)).exitCode).toBe(0);
  });
});

describe("signatures", () => {
  inFolder();

  test("signed here, verified here and by the network's rule", async () => {
    await folder.key(["import", "--seed-file", "seed"]);
    folder.write("message", "hello\n");
    const signed = await folder.key(["sign", "--file", "message", "--json"]);
    const { signature } = JSON.parse(signed.stdout) as { signature: string };
    const message = new TextEncoder().encode("hello\n");
    expect(verify(fromHex(KEY) as Uint8Array, message, fromHex(signature) as Uint8Array)).toBe(
      true,
    );
    expect(signature).toBe(toHex(KeyPair.fromSeed(fromHex(SEED) as Uint8Array).sign(message)));
    const check = ["verify", "--public-key", KEY, "--signature", signature];
    expect((await folder.key([...check, "--file", "message"])).stdout).toBe("valid\n");
    const stdin = await folder.key([...check, "--file", "-", "--json"], "hello");
    expect(stdin.exitCode).toBe(1);
    expect(JSON.parse(stdin.stdout)).toMatchObject({ valid: false });
    expect((await folder.key([...check, "--hex", "zz"])).exitCode).toBe(65);
    expect((await folder.key(["sign", "--hex", "00", "--file", "message"])).exitCode).toBe(64);
  });
});

describe("paper and check", () => {
  inFolder();

  test("a page for the key, and none for another", async () => {
    await folder.key(["import", "--seed-file", "seed", "--passphrase-file", "pass"]);
    const paper = ["paper", "--mnemonic-file", "words", "--out"];
    expect((await folder.key([...paper, "page.txt"])).exitCode).toBe(0);
    expect((await folder.key([...paper, "page.svg"])).exitCode).toBe(0);
    expect(folder.mode("page.svg")).toBe(0o600);
    expect(folder.read("page.txt")).toContain(" 1 abandon");
    expect(folder.read("page.svg").startsWith("<svg")).toBe(true);
    expect((await folder.key([...paper, "page.txt"])).exitCode).toBe(73);
    const wrong = await folder.key([...paper, "other.txt", "--path", "m"]);
    expect(wrong.exitCode).toBe(65);
    expect(folder.files()).not.toContain("other.txt");
    const seed = await folder.key(["paper", "--seed", "--passphrase-file", "pass", "--out", "-"]);
    expect(seed.stdout.replaceAll(/\s/g, "")).toContain(SEED);
  });

  test("a backup is proved without opening the key", async () => {
    expect((await folder.key(["check", "--mnemonic-file", "words"])).exitCode).toBe(0);
    expect((await folder.key(["check", "--seed-file", "seed"])).exitCode).toBe(0);
    const named = await folder.key([
      "check",
      "--mnemonic-file",
      "words",
      "--public-key",
      KEY_TREZOR,
    ]);
    expect(named.exitCode).toBe(65);
    expect(named.stderr).toContain("does NOT bring back");
  });

  test("what other tools may have done to a key is found out", async () => {
    // Made from a file whose last line end became part of the words (sheet 05 §4.2).
    const other = "e6e9739f";
    folder.write("exact", `${ABANDON}\n`);
    const exact = ["recover", "--exact-text", "--mnemonic-file", "exact", "--json"];
    const { publicKey } = JSON.parse((await folder.key(exact)).stdout) as { publicKey: string };
    expect(publicKey.startsWith(other)).toBe(true);
    const checked = await folder.key([
      "check",
      "--mnemonic-file",
      "words",
      "--public-key",
      publicKey,
    ]);
    expect(checked.exitCode).toBe(65);
    expect(checked.stderr).toContain("--exact-text");
  });

  test("the key of a running peer", async () => {
    let isOpen = true;
    const untold = () => Response.json({ error: "This API needs a token" }, { status: 401 });
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => (isOpen ? Response.json({ peer: `0x${KEY}` }) : untold()),
    });
    const api = `http://127.0.0.1:${server.port}`;
    const running = await folder.key(["check", "--mnemonic-file", "words", "--api", api]);
    expect(running.stdout).toContain(`the peer running at ${api}: ${KEY}`);
    isOpen = false;
    const closed = await folder.key(["check", "--mnemonic-file", "words", "--api", api]);
    expect([closed.exitCode, closed.stderr]).toEqual([77, expect.stringContaining("--public-key")]);
    await server.stop(true);
    const gone = await folder.key(["check", "--mnemonic-file", "words", "--api", api]);
    expect(gone.exitCode).toBe(69);
  });
});

describe("secrets", () => {
  inFolder();

  test("none is printed, none is left in a file that was not asked for", async () => {
    const pass = ["--passphrase-file", "pass"];
    const runs: readonly (readonly string[])[] = [
      ["recover", "--mnemonic-file", "words", ...pass],
      ["recover", "--mnemonic-file", "words", "--path", "x"],
      ["import", "--seed-file", "seed", ...pass],
      ["import", "--pem-file", "seed"],
      ["import", "--keystore-file", "words", "--import-passphrase-file", "pass"],
      ["list", "--json"],
      ["show"],
      ["sign", "--hex", "00", ...pass],
      ["passphrase", ...pass, "--new-passphrase-file", "pass"],
      ["check", "--mnemonic-file", "words"],
      ["check", "--mnemonic-file", "seed"],
      ["recover", "--mnemonic-file", "pass"],
      ["import", "--seed-file", "words"],
      ["import", "--seed-file", "pass"],
    ];
    for (const run of runs) await folder.key(run);
    for (const secret of [PASSPHRASE, SEED, "abandon"]) {
      expect(folder.printed).not.toContain(secret);
      const holders = folder.files().filter((name) => folder.read(name).includes(secret));
      expect(holders.filter((name) => !["pass", "words", "seed"].includes(name))).toEqual([]);
    }
  });
});
