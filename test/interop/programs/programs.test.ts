// The generated programs of `interop programs`: a few of each kind on a genesis of ours always, and
// against the reference where there is one.

import { describe, expect, test } from "bun:test";
import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { createGenesis } from "../../../src/genesis/genesis.ts";
import { CaseRandom } from "../../fuzz/random.ts";
import { notRun } from "../../not-run.ts";
import { CLASS_PATH, referenceClassPath } from "../reference.ts";
import { describeCase } from "./case.ts";
import { KINDS } from "./kinds.ts";
import { PEERS } from "./network.ts";
import { ourAnswers } from "./ours.ts";
import { comparePrograms } from "./programs.ts";

const SEED = 20261129;

const peerKeys = Array.from({ length: PEERS }, (_, i) => {
  return KeyPair.fromSeed(new Uint8Array(32).fill(i + 1)).publicKey;
});
const [firstKey] = peerKeys as [Uint8Array, ...Uint8Array[]];
const genesis = createGenesis({ governanceKey: firstKey, genesisKey: firstKey, peerKeys });

describe.each(Object.keys(KINDS))("%s", (kind) => {
  const generate = KINDS[kind] as (typeof KINDS)[string];

  test("have an answer each, the same from the same seed", () => {
    const [one, other] = [new CaseRandom(SEED), new CaseRandom(SEED)];
    for (let i = 0; i < 12; i++) {
      const made = generate(one, i, genesis);
      expect(describeCase(generate(other, i, genesis))).toBe(describeCase(made));
      expect(ourAnswers(made, genesis)).toEqual(ourAnswers(made, genesis));
    }
  });
});

const isMissing = referenceClassPath() === null;
if (isMissing) notRun(`${CLASS_PATH} names no reference; it was not compared with`);

test.if(!isMissing)("the reference gives the same answers", async () => {
  for (const kind of ["functions", "vector-blocks", "ops"]) {
    const { differing, cases } = await comparePrograms(kind, SEED, 100, (text) => {
      process.stdout.write(`${text}\n`);
    });
    expect([kind, differing, cases]).toEqual([kind, 0, 100]);
  }
});
