// Watches of values whose cells are not what they say: whoever watches hears that they have
// changed, and nobody else of it.

import { expect, test } from "bun:test";
import { fromHex } from "../../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Def } from "../../../src/cvm/ops/def.ts";
import { Address } from "../../../src/data/address.ts";
import { decode } from "../../../src/data/decode.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { McpSessions } from "../../../src/rest/mcp/mcp-sessions.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { keyPair, newPeer, TestClock } from "../../peer/scene.ts";

const USER = 2;
const NAME = CVMSymbol.of("foo");

test.each([
  ["a vector without children", "80200000"],
  ["a vector with children that are too short", "80208001110180011102"],
  ["a map that counts what it has not", "8210000000"],
  ["a Set with children of the wrong type", "83100000038300800100"],
])("%s", async (_, hex) => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  const sessions = new McpSessions(peer, clock);
  const reader = sessions.open("one").getReader();
  await reader.read();
  const path = [Keyword.of("accounts"), USER, Keyword.of("environment"), NAME];
  sessions.watches("one")?.add(Vector.from(path));
  sessions.watches("one")?.add(Vector.from([...path, 0]));
  sessions.watches("one")?.add(Vector.of(Keyword.of("accounts"), USER, Keyword.of("sequence")));
  const damaged = decode(fromHex(hex) as Uint8Array, CVM_TABLE);
  const command = new Def(NAME, Constant.of(damaged));
  const invoke = Invoke.of(Address.of(USER), 1, command);
  const answer = peer.submit(SignedData.sign(keyPair(USER), invoke));
  await peer.settled();
  await answer;
  clock.advance(1_000);
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toContain('"watchId":"w-1"');
  sessions.closeAll();
  await peer.close();
});
