// The ciphers and derivations that key containers name, and bounds on what a file may ask for.

import { expect, test } from "bun:test";
import { createCipheriv } from "node:crypto";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import {
  type Der,
  integer,
  octets,
  oid,
  readDer,
  sequence,
  sequenceOf,
  toDer,
} from "../../src/keys/der.ts";
import { openEncrypted, sealByPbes2, sealByRc2 } from "../../src/keys/password-cipher.ts";
import { type Pkcs12Derivation, PURPOSE, pkcs12Bytes } from "../../src/keys/pkcs12-kdf.ts";

const bytes = (hex: string) => fromHex(hex.replaceAll(":", "")) as Uint8Array;

test("the runtime's RC2 is that of RFC 2268, 128 bits effective", () => {
  const cipher = createCipheriv(
    "rc2-cbc",
    bytes("88bca90e90875a7f0f79c384627bafb2"),
    Buffer.alloc(8),
  );
  cipher.setAutoPadding(false);
  const sealed = Buffer.concat([cipher.update(new Uint8Array(8)), cipher.final()]);
  expect(toHex(sealed)).toBe("2269552ab0f85ca6");
});

/** Values of `openssl kdf … PKCS12KDF`, OpenSSL 3.0. */
const DERIVATIONS: readonly (readonly [string, Pkcs12Derivation, string])[] = [
  [
    "smeg",
    {
      hash: "sha1",
      purpose: PURPOSE.KEY,
      salt: bytes("0A58CF64530D823F"),
      iterations: 1,
      length: 24,
    },
    "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3",
  ],
  [
    "smeg",
    {
      hash: "sha256",
      purpose: PURPOSE.MAC,
      salt: bytes("0A58CF64530D823F"),
      iterations: 1000,
      length: 40,
    },
    "35AC16A454D608FB10C8D7C6338CA85818587AED0FF771FD265957E412C2C03C26AD8FA213A9FCF3",
  ],
  [
    "",
    {
      hash: "sha512",
      purpose: PURPOSE.IV,
      salt: bytes("0A58CF64530D823F01"),
      iterations: 3,
      length: 100,
    },
    "81DCE157C5E26D908E843F46DF1FE77F94F4051B53ADF561F0E46F3A89FAC162C7A84E82CBCC043F5109B6530137AB7D1AE687D174B41AE89E40DC43826E175B8D2EE0D893E56BBB555A6F555575DBE16F042276EEBF9E28D80C7D0921A1ED489FB489BA",
  ],
];

test.each(DERIVATIONS)("PKCS#12 derivation of '%s'", (passphrase, wanted, expected) => {
  expect(toHex(pkcs12Bytes(passphrase, wanted))).toBe(expected.toLowerCase());
});

const PLAIN = new TextEncoder().encode("forty-two bytes of text, or some such number");

test.each(["", "pä€s", "x".repeat(200)])("sealed and opened under '%s'", async (passphrase) => {
  const sealed = [
    await sealByPbes2(PLAIN, passphrase, { bits: 128, iterations: 10 }),
    await sealByPbes2(PLAIN, passphrase, { bits: 256, iterations: 10 }),
    sealByRc2(PLAIN, passphrase, 10),
  ];
  for (const one of sealed) {
    expect(toHex((await openEncrypted(one, passphrase)) ?? new Uint8Array())).toBe(toHex(PLAIN));
    const other = await openEncrypted(one, `${passphrase}!`);
    expect(other === null || toHex(other) !== toHex(PLAIN)).toBe(true);
  }
});

test("two seals of the same differ: salt and IV are random", async () => {
  const seal = () => sealByPbes2(PLAIN, "p", { bits: 128, iterations: 10 });
  expect(toHex(await seal())).not.toBe(toHex(await seal()));
  expect(toHex(sealByRc2(PLAIN, "p", 10))).not.toBe(toHex(sealByRc2(PLAIN, "p", 10)));
});

function encryptedInfo(scheme: string, ...parameters: Der[]): Uint8Array {
  const algorithm = sequence(oid(scheme), sequence(...parameters));
  return toDer(sequence(algorithm, octets(new Uint8Array(16))));
}

function pbes2Info(kdf: Der, cipher = "2.16.840.1.101.3.4.1.2"): Uint8Array {
  const scheme = sequence(oid(cipher), octets(new Uint8Array(16)));
  return encryptedInfo("1.2.840.113549.1.5.13", kdf, scheme);
}

const pbkdf2 = (iterations: number, prf?: string) => {
  const hash = prf === undefined ? [] : [sequence(oid(prf))];
  const parameters = sequence(octets(new Uint8Array(8)), integer(iterations), ...hash);
  return sequence(oid("1.2.840.113549.1.5.12"), parameters);
};
const scrypt = (n: number, r: number) => {
  const parameters = sequence(octets(new Uint8Array(8)), integer(n), integer(r), integer(1));
  return sequence(oid("1.3.6.1.4.1.11591.4.11"), parameters);
};

test.each([
  ["PBKDF2 iterations", pbes2Info(pbkdf2(10_000_001)), "from 0 to 10000000"],
  [
    "PKCS#12 iterations",
    encryptedInfo("1.2.840.113549.1.12.1.5", octets(new Uint8Array(8)), integer(1_000_001)),
    "from 0 to 1000000",
  ],
  ["scrypt N", pbes2Info(scrypt(1 << 21, 8)), "out of bounds"],
  ["scrypt N of no power of 2", pbes2Info(scrypt(1000, 8)), "out of bounds"],
  ["scrypt N and r of 4 GB", pbes2Info(scrypt(1 << 20, 32)), "out of bounds"],
  ["scrypt N of more bits than r has", pbes2Info(scrypt(1 << 16, 1)), "out of bounds"],
  ["an unknown scheme", encryptedInfo("1.2.3.4", integer(1)), "the scheme 1.2.3.4"],
  ["an unknown cipher", pbes2Info(pbkdf2(1), "1.2.3.4"), "the cipher 1.2.3.4"],
  ["an unknown hash", pbes2Info(pbkdf2(1, "1.2.3.4")), "hash 1.2.3.4"],
  ["an unknown derivation", pbes2Info(sequence(oid("1.2.3.4"), sequence())), "derivation 1.2.3.4"],
  ["no ASN.1", new Uint8Array([1, 2, 3]), ""],
  ["nothing", new Uint8Array(), ""],
] as const)("refused: %s", async (_name, info, reason) => {
  const outcome = await openEncrypted(info, "p").catch((error: Error) => error);
  expect(outcome).toBeInstanceOf(Error);
  expect((outcome as Error).message).toContain(reason);
});

test("deep nesting is refused, not followed", () => {
  let nested = new Uint8Array([0x30, 0]);
  for (let i = 0; i < 5_000; i++) {
    const body = nested;
    nested = Buffer.concat([
      Buffer.from([0x30, 0x83, body.length >> 16, (body.length >> 8) & 255, body.length & 255]),
      body,
    ]);
  }
  expect(() => sequenceOf(readDer(nested), 1)).toThrow();
});
