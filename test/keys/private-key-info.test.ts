// Keys as PKCS#8 has them: in two forms, of one kind and length, sealed by the scheme asked for.

import { expect, test } from "bun:test";
import {
  DerError,
  integer,
  octets,
  oid,
  oidOf,
  readDer,
  sequence,
  sequenceOf,
  toDer,
} from "../../src/keys/der.ts";
import { KeyFileError } from "../../src/keys/key-file.ts";
import { sealByPbes2 } from "../../src/keys/password-cipher.ts";
import { type PemContainer, sealPem } from "../../src/keys/pem.ts";
import {
  bareKeyInfo,
  nestedKeyInfo,
  openSeed,
  seedOfKeyInfo,
} from "../../src/keys/private-key-info.ts";

const SEED = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const ED25519 = "1.3.101.112";

test("a seed is found in both forms", () => {
  expect(seedOfKeyInfo(nestedKeyInfo(SEED))).toEqual(Buffer.from(SEED));
  expect(seedOfKeyInfo(bareKeyInfo(SEED))).toEqual(Buffer.from(SEED));
});

test("what is of another length or kind, or lacks a part, is none", () => {
  const info = (content: Uint8Array, kind = ED25519) =>
    toDer(sequence(integer(0), sequence(oid(kind)), octets(content)));
  for (const length of [31, 33]) {
    const nested = toDer(octets(new Uint8Array(length)));
    expect(() => seedOfKeyInfo(info(nested))).toThrow(`found ${length}`);
  }
  expect(() => seedOfKeyInfo(info(SEED, "1.2.840.113549.1.1.1"))).toThrow("found one of kind");
  const short = toDer(sequence(integer(0), sequence(oid(ED25519))));
  expect(() => seedOfKeyInfo(short)).toThrow("expected at least 3 members");
  expect(() => seedOfKeyInfo(toDer(integer(5)))).toThrow(DerError);
  expect(() => seedOfKeyInfo(Buffer.concat([bareKeyInfo(SEED), Uint8Array.of(0)]))).toThrow(
    "not one whole ASN.1 value",
  );
});

test("what opens and holds no seed is a wrong passphrase, a key of another kind is said", async () => {
  const sealed = (plain: Uint8Array) => sealByPbes2(plain, "p", { bits: 256, iterations: 1 });
  const opened = async (plain: Uint8Array) => openSeed(await sealed(plain), "p");
  expect(await opened(bareKeyInfo(SEED))).toEqual(Buffer.from(SEED));
  await expect(opened(Uint8Array.of(1, 2, 3))).rejects.toThrow("Wrong passphrase");
  const other = toDer(sequence(integer(0), sequence(oid("1.2.3")), octets(SEED)));
  await expect(opened(other)).rejects.toThrow(KeyFileError);
  await expect(opened(other)).rejects.toThrow("found one of kind 1.2.3");
});

test.each([
  ["rc2", "1.2.840.113549.1.12.1.5"],
  ["pbes2", "1.2.840.113549.1.5.13"],
] as const)("PEM text of %s names the scheme %s", async (container: PemContainer, scheme) => {
  const text = await sealPem(SEED, "p", container);
  const bytes = Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64");
  const [algorithm] = sequenceOf(readDer(bytes), 2);
  expect(oidOf(sequenceOf(algorithm, 2)[0])).toBe(scheme);
});
