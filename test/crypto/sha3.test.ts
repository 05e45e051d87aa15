import { expect, test } from "bun:test";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { bytesOfKey, keccak256, keyOf, sha3, sha3Key, sha256 } from "../../src/crypto/sha3.ts";

const ROWS = [
  {
    text: "",
    sha3: "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    keccak: "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
  },
  {
    text: "abc",
    sha3: "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    keccak: "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
  },
];

for (const row of ROWS) {
  test(`hashes of "${row.text}"`, () => {
    const bytes = new TextEncoder().encode(row.text);
    expect(toHex(sha3(bytes))).toBe(row.sha3);
    expect(toHex(sha256(bytes))).toBe(row.sha256);
    expect(toHex(keccak256(bytes))).toBe(row.keccak);
    expect(toHex(bytesOfKey(sha3Key(bytes)))).toBe(row.sha3);
  });
}

test("a key has one character for each byte, of views too", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const key = keyOf(bytes.subarray(128));
  expect(key.length).toBe(128);
  expect(key.charCodeAt(127)).toBe(255);
  expect(bytesOfKey(key)).toEqual(bytes.slice(128));
});

test("keys compare as unsigned bytes", () => {
  expect(keyOf(new Uint8Array([0x7f])) < keyOf(new Uint8Array([0x80]))).toBe(true);
});

test("hex takes either case and nothing else", () => {
  expect(fromHex("00fFAb")).toEqual(new Uint8Array([0, 255, 0xab]));
  expect(fromHex("")).toEqual(new Uint8Array(0));
  for (const bad of ["0", "0g", "0x00", " 00", "00\n"]) expect(fromHex(bad)).toBeNull();
});
