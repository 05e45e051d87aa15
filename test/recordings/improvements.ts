// Differences from the recordings that are meant, each with its reason. A difference that none of
// these covers is a failure.

import type { Answer, Difference } from "./compare.ts";
import { jsonOf, type Recording, recordedType } from "./recording.ts";

export interface Improvement {
  readonly reason: string;
  readonly covers: (recording: Recording, difference: Difference, answer: Answer) => boolean;
}

const isJsonError = (answer: Answer) => {
  const json = jsonOf(new TextDecoder().decode(answer.bytes));
  return (
    answer.type === "application/json" &&
    json !== null &&
    typeof json === "object" &&
    ("error" in json || "errorCode" in json)
  );
};

/** Names of the tools or prompts in a list. */
function listed(text: string, kind: "tools" | "prompts"): string[] {
  const json = jsonOf(text) as { result: Record<string, { name: string }[]> };
  return (json.result[kind] ?? []).map(({ name }) => name).sort();
}

/** Whether all is there but what needs a signing service. */
function hasAllBut(absent: RegExp, kind: "tools" | "prompts", recorded: string, actual: string) {
  const expected = listed(recorded, kind).filter((name) => !absent.test(name));
  return JSON.stringify(expected) === JSON.stringify(listed(actual, kind));
}

const named =
  (...names: readonly string[]) =>
  ({ name }: Recording) =>
    names.includes(name);

/** Words of Java, or of its parsers, in a text. */
const JAVA = /convex\.core|java\.|Cannot invoke|token recognition error|\.java:\d+/;

const saysJava = (recording: Recording) =>
  JAVA.test(recording.resBody ?? "") ||
  JAVA.test(Buffer.from(recording.resBodyHex ?? "", "hex").toString("latin1"));

export const IMPROVEMENTS: readonly Improvement[] = [
  {
    reason: "404 is JSON that says what is missing; the reference labels a bare text as JSON",
    covers: (recording, { aspect }, answer) =>
      recording.status === 404 &&
      answer.status === 404 &&
      (aspect === "body" || aspect === "type") &&
      (isJsonError(answer) || answer.type.startsWith("text/html")),
  },
  {
    reason: "JSON is labelled application/json, CAD3 application/cvx-raw, both text/plain there",
    covers: (recording, { aspect }, answer) =>
      aspect === "type" &&
      recordedType(recording) === "text/plain" &&
      recording.status === 200 &&
      (answer.type === "application/json" || answer.type === "application/cvx-raw"),
  },
  {
    reason:
      "a mistake of the client is 400 or 404 with a JSON body, where the reference falls: 500",
    covers: (recording, _difference, answer) =>
      recording.status === 500 &&
      (answer.status === 400 || answer.status === 404) &&
      isJsonError(answer),
  },
  {
    reason: "words name no Java class and show no stack trace",
    covers: (recording, { aspect }, answer) =>
      aspect === "body" && saysJava(recording) && answer.status === recording.status,
  },
  {
    reason: "a malformed JSON body is refused with the place of the mistake",
    covers: named("prepare-bad-json", "prepare-json5-body"),
  },
  {
    reason: "what follows 64 digits of an account key is refused, not ignored",
    covers: named("createAccount-key-trailing-junk"),
  },
  {
    reason: "as application/cvx the printed value is answered, where the reference's body is empty",
    covers: named("decode-accept-cvx"),
  },
  {
    reason: "pages of others may send what tokens of the operator, MCP and events need",
    covers: (_recording, { aspect, expected }) =>
      aspect === "header" && expected.startsWith("access-control-allow-headers"),
  },
  {
    reason: "a peer stops for its operator's token, not for the address of a socket",
    covers: named("peer-shutdown"),
  },
  {
    reason: "the version is that of this software",
    covers: named("mcp-initialize", "mcp-initialize-unknown-version"),
  },
  {
    reason: "tools have words of their own, and none needs keys that the peer would keep",
    covers: (recording, { expected, actual }) =>
      recording.name === "mcp-tools-list" &&
      hasAllBut(/^signing(?!ServiceInfo)/, "tools", expected, actual),
  },
  {
    reason: "prompts have words of their own, and none asks for a passphrase",
    covers: (recording, { expected, actual }) =>
      recording.name === "mcp-prompts-list" &&
      hasAllBut(/^create-account$/, "prompts", expected, actual),
  },
  {
    reason: "prompts have words of their own",
    covers: named("mcp-prompts-get", "mcp-prompts-get-arg"),
  },
  {
    reason: "the peer keeps no keys of clients: no signing service, sign-in and confirmation pages",
    covers: ({ name }, _difference, answer) =>
      (/^mcp-tool-signing/.test(name) && answer.status === 200) ||
      (/^(?:page\/auth|auth-callback|page\/confirm|confirm-)/.test(name) && answer.status === 404),
  },
  {
    reason: "what has no body has no type; what has one says what is missing",
    covers: (recording, { aspect }, answer) =>
      recording.resBody === "" &&
      (aspect === "type" || aspect === "body") &&
      (answer.bytes.length === 0 || isJsonError(answer)),
  },
  {
    reason: "what a language model is told is in words of this peer's own",
    covers: ({ name }, { aspect }) => name === "llms" && aspect === "body",
  },
  {
    reason: "the page says that it is UTF-8",
    covers: (_recording, { aspect, expected, actual }) =>
      aspect === "type" && expected === "text/html" && actual === "text/html;charset=utf-8",
  },
  {
    reason: "the OpenAPI document is this peer's own, in version 3.1",
    covers: named("openapi-doc", "openapi-index"),
  },
];
