// Blocks of which every peer has to make the same, whatever it has in memory (peer-memory.ts).

import { expect } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import type { Value } from "../../src/data/cell.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, type Parts, quoted } from "../interop/programs/damaged-calls.ts";
import { blockMessages } from "../interop/programs/network.ts";
import { outcomes, WAYS } from "./peer-memory.ts";

const genesis = testGenesis();

/**
 * Expects one outcome of Blocks, whatever a peer has in memory.
 * @param forms of a Block each: the form of its only transaction, or those of several
 * @param values what their symbols stand for
 * @returns the outcome of each Block
 */
export function expectSame(
  forms: readonly (string | readonly string[])[],
  values: Readonly<Record<string, Value>>,
): readonly string[] {
  const parts: Parts = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, () => quoted(value)]),
  );
  const blocks = forms.map((block) => {
    return [block].flat().map((form) => filled(readForm(form), parts));
  });
  const messages = blockMessages(blocks, genesis);
  const [first, ...others] = Object.entries(WAYS).map(([name, way]) => {
    return [name, outcomes(messages, genesis, way)] as const;
  });
  const ends = first?.[1] ?? [];
  expect(ends).not.toContain(null);
  for (const [name, other] of others) expect([name, other]).toEqual([name, ends]);
  return ends as string[];
}
