// What clients in other languages write into their requests, side by side with a live peer of the
// reference: null for what they leave out, integers beyond 2^53, members that nobody looks at.

import { afterAll, expect, test } from "bun:test";
import { usedParams } from "../../../src/rest/mcp/request-params.ts";
import { ApiUnderTest } from "../api-under-test.ts";

const api = new ApiUnderTest();

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.sessions.closeAll();
  await api.peer.close();
});

/** The text that answers a request with these members. */
async function answerTo(members: string): Promise<string> {
  const body = `{"jsonrpc":"2.0",${members}}`;
  const headers = { "content-type": "application/json" };
  return (await api.request("POST", "/mcp", { headers, body })).text;
}

const errorOf = async (members: string) => JSON.parse(await answerTo(members)).error;

test.each([
  '"method":"ping","params":null',
  '"method":"ping","params":1',
  '"method":"ping","params":{"_meta":null}',
  '"method":"ping","params":{"_meta":{"progressToken":1.5}}',
  '"method":"tools/list","params":null',
  '"method":"tools/list","params":{"cursor":1}',
  '"method":"prompts/list","params":{"cursor":null}',
  '"method":"initialize"',
  '"method":"initialize","params":null',
  '"method":"initialize","params":[]',
  '"method":"initialize","params":{"protocolVersion":1,"clientInfo":{"name":null}}',
  '"method":"initialize","params":{"capabilities":{"roots":null}}',
  '"method":"tools/call","params":{"name":"peerStatus","arguments":null,"_meta":null}',
  '"method":"prompts/get","params":{"name":"network-status","arguments":null}',
  '"method":"prompts/get","params":{"name":"network-status","arguments":[]}',
])("%s is answered", async (members) => {
  const { id, result } = JSON.parse(await answerTo(`"id":1,${members}`));
  expect(id).toBe(1);
  expect(result).toBeObject();
});

test.each([
  ['"method":"tools/call"', -32602, "params must be an object"],
  ['"method":"tools/call","params":null', -32602, "params must be an object"],
  ['"method":"tools/call","params":{"name":null}', -32602, "Tool name required"],
  ['"method":"tools/call","params":{"name":"query","arguments":[]}', -32602, "query requires"],
  ['"method":"tools/call","params":{"name":"query","arguments":"a"}', -32602, "query requires"],
  ['"method":"prompts/get"', -32602, "params must be an object"],
  ['"method":"prompts/get","params":{}', -32602, "Prompt name required"],
  ['"method":"prompts/get","params":{"name":1}', -32602, "Prompt name required"],
  ['"method":"prompts/get","params":{"name":"nope","arguments":[]}', -32601, "Unknown prompt"],
  ['"method":"tools/lists","params":null', -32601, "Method not found: tools/lists"],
])("%s is refused", async (members, code, words) => {
  const error = await errorOf(`"id":1,${members}`);
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
});

test("a notification with the wrong params is answered by nothing", async () => {
  expect(await answerTo('"method":"tools/call","params":{"name":"query","arguments":"a"}')).toBe(
    "",
  );
});

test("arguments of prompts may be numbers; what is no word is not filled in", async () => {
  const text = async (address: string) =>
    JSON.parse(
      await answerTo(
        `"id":1,"method":"prompts/get","params":{"name":"explore-account","arguments":{"address":${address}}}`,
      ),
    ).result.messages[0].content.text;
  expect(await text("42")).toContain("42");
  expect(await text("null")).toContain("${" + "address}");
  expect(await text('{"a":1}')).toContain("${" + "address}");
});

test("ids of 64 bits come back with every digit, also of what is refused", async () => {
  for (const id of ["9007199254740993", "-9223372036854775808", "99999999999999999999"]) {
    expect(await answerTo(`"id":${id},"method":"ping"`)).toContain(`"id":${id}`);
    expect(await answerTo(`"id":${id},"method":"nope"`)).toContain(`"id":${id}`);
    expect(await answerTo(`"id":${id},"method":"prompts/get"`)).toContain(`"id":${id}`);
  }
});

test("of the arguments of a tool only those are looked at that it knows", () => {
  const given = JSON.parse('{"source":"1","__proto__":{"address":"#12"},"constructor":1,"a":2}');
  expect(usedParams("tools/call", { name: "query", arguments: given })).toEqual({
    name: "query",
    arguments: { source: "1" },
  });
  const unknown = { name: "nosuch", arguments: { source: "1" } };
  expect(usedParams("tools/call", unknown)).toEqual({ name: "nosuch", arguments: {} });
});
