// Words to keys: the published vectors (sheet 05 §4.4), random words, and what is refused.

import { expect, test } from "bun:test";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { DEFAULT_PATH, parsePath } from "../../src/keys/derivation-path.ts";
import {
  deriveSeed,
  MnemonicError,
  mnemonicSeed,
  newMnemonic,
  readMnemonic,
  seedOfMnemonic,
  WORD_COUNTS,
} from "../../src/keys/mnemonic.ts";
import { compareRandomMnemonics } from "./random-mnemonics.ts";

const ABANDON = `${"abandon ".repeat(11)}about`;

interface Vector {
  readonly words: string;
  readonly passphrase: string;
  readonly bip39: string;
  readonly seed: string;
  readonly key: string;
}

const VECTORS: readonly Vector[] = [
  {
    words: ABANDON,
    passphrase: "",
    bip39:
      "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
    seed: "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2",
    key: "036598af84b625f6f36753eda9de6730f7d828cf14994dc55e87ecf3c22674e9",
  },
  {
    words: ABANDON,
    passphrase: "TREZOR",
    bip39:
      "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
    seed: "07eefc2490d593efb657e6969e7e2c61224a5ce649857c540b952a89e5e46608",
    key: "153b71ad425e69376aa4854677312b4290bf2c6b90cbf112f7872a99ff993bf5",
  },
  {
    words: "legal winner thank year wave sausage worth useful legal winner thank yellow",
    passphrase: "",
    bip39:
      "878386efb78845b3355bd15ea4d39ef97d179cb712b77d5c12b6be415fffeffe5f377ba02bf3f8544ab800b955e51fbff09828f682052a20faa6addbbddfb096",
    seed: "3c1ccd4d45ba8da467d90429824519f78ea08ab3dd807446bdb003c61dbd6317",
    key: "9c49f38f3cb7bf0a59ddf19318b9da0f05286b3e7f557d813e4baafdc5e53789",
  },
  {
    words: "sing bomb stay manual powder hard north mixture sausage lunch retreat desert",
    passphrase: "hello1234567890ZZ",
    bip39:
      "750fbbcd064b6034494784097fdc22718ce4173dc0331c28b8df27c46171a6f82c673e85058fe8d9787fea8f721002c33749e60fbfaa2e9ef35f146c442cda02",
    seed: "5b32f8ff94d1f901098fa41a4045449726849dda5e1a3de34ae123037418795c",
    key: "e3b4746e32f32eb7b1c6af045dd7238ee5eea71b33c8b5cd91a22bcdac5b0c54",
  },
  {
    words:
      "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
    passphrase: "pass phrase é",
    bip39:
      "84cf7d3e713f5ed4094fe7ac5a97da225cc655f5c7203094c42b31a240dc7809046d37c94518f107d8e6a2ada3e4e6095857bf353ee21375d7fc1645d4951bba",
    seed: "f699c49418abdf1cf56773141a653689f643786e64ef715380e39cf4fcb5df9a",
    key: "da2c622d905dbde7991db365b10528b1fb79755daf636cac298d7e972227a86f",
  },
];

function keyOf(seed: Uint8Array): string {
  return toHex(KeyPair.fromSeed(seed).publicKey);
}

test.each(VECTORS)("vector $words | $passphrase", ({ words, passphrase, bip39, seed, key }) => {
  const bip39Seed = mnemonicSeed(words, passphrase);
  expect(toHex(bip39Seed)).toBe(bip39);
  expect(toHex(deriveSeed(bip39Seed, parsePath(DEFAULT_PATH)))).toBe(seed);
  expect(keyOf(seedOfMnemonic(words, passphrase, parsePath(DEFAULT_PATH)))).toBe(key);
});

test.each([
  ["m", "e96b1c6b8769fdb0b34fbecfdf85c33b053cecad9517e1ab88cba614335775c1"],
  ["m/44/864/0/0/1", "809ffede62e76928e3d3c93f697a173b7ad62bf7df248639a761344e84c2bd2c"],
])("other paths: %s", (path, key) => {
  expect(keyOf(seedOfMnemonic(ABANDON, "", parsePath(path)))).toBe(key);
});

test("CAD025's vector, from a BIP39 seed", () => {
  const bip39Seed = fromHex(
    "d46c4e60d0137e7ee0acc8b836d76d9a0458705caa128899709f576bade690b3c7cba49ece50a211193b9eb7803be49d02c8ddae02c3b88790ac17fa72f219a6",
  ) as Uint8Array;
  const seed = deriveSeed(bip39Seed, parsePath("m/44/864/1234/0/1"));
  expect(toHex(seed)).toBe("23a4270c0336913c75ce391e6ec69d50d0a1b87fb1760dfd6bbc789b51905ddd");
  expect(keyOf(seed)).toBe("11c3a32c9451c4f55e7b2d15b1a1d3a3196c67bca2e4d7d9a221d7bcf83cdfef");
});

test("300 random mnemonics agree with a derivation made of createHmac alone", () => {
  expect(compareRandomMnemonics(300, 7)).toEqual([]);
});

test("new words have a right checksum and never come twice", () => {
  const made = WORD_COUNTS.flatMap((count) => [newMnemonic(count), newMnemonic(count)]);
  expect(made.map((words) => readMnemonic(words))).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  expect(() => newMnemonic(13)).toThrow(MnemonicError);
});

test("words are read in any case and spacing", () => {
  const text = `  ${ABANDON.toUpperCase().replaceAll(" ", " \t\r\n ")} \n`;
  expect(readMnemonic(text)).toBe(ABANDON);
});

test.each([
  ["", "found none"],
  ["abandon about", "found 2"],
  [`${ABANDON} about`, "found 13"],
  [ABANDON.replace("about", "abouts"), "Word 12 is not in the BIP39 English list"],
  [`${"zzzz ".repeat(12)}`, "12 words (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) are not in"],
  [`${"abandon ".repeat(12)}`, "checksum"],
  [VECTORS[3]?.words ?? "", "checksum"],
])("refused: %s", (text, reason) => {
  expect(() => readMnemonic(text)).toThrow(MnemonicError);
  expect(() => readMnemonic(text)).toThrow(reason);
});

test("a refusal never repeats a word", () => {
  const secret = "sesamopen";
  try {
    readMnemonic(ABANDON.replace("about", secret));
  } catch (error) {
    expect(String(error)).not.toContain(secret);
  }
});
