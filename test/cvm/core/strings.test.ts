import { describe, expect, test } from "bun:test";
import { testCalls } from "./call-rows.ts";
import { call, testContext, testState } from "./core-call.ts";

describe("str and print", () => {
  testCalls([
    ["(str)", '""', 20],
    ['(str "a" nil \\b 0x0c :d 1.5)', '"anilb0c:d1.5"', 32],
    ['(str ["a" \\b])', '"[\\"a\\" \\\\b]"', 28],
    ["(str (char 55296))", '"?"', 21],
    ['(print "a")', '"\\"a\\""', 23],
    ["(print [1 2])", '"[1 2]"', 25],
    ["(print)", ":ARITY", 0],
  ]);

  test("str of a Blob needs two units of juice for each byte, and no more", () => {
    const blob = `0x${"ab".repeat(100)}`;
    const within = (juiceLimit: number) =>
      call(`(str "x" ${blob} "yz")`, testContext(testState(), juiceLimit)).juice;
    expect([within(223), within(222)]).toEqual([223, 222]);
    const text = (juiceLimit: number) =>
      call(`(str "x" ${blob} "yz")`, testContext(testState(), juiceLimit)).text;
    expect(text(222)).toBe(":JUICE");
    expect(text(223)).toBe(`"x${"ab".repeat(100)}yz"`);
  });

  test("print is cut off where the juice ends", () => {
    const ctx = testContext(testState(), 24);
    expect(call("(print [1 2])", ctx)).toEqual({ text: ":JUICE", juice: 24 });
  });
});

describe("split and join", () => {
  testCalls([
    ['(split "a,b,,c" \\,)', '["a" "b" "" "c"]', 20 + 6 + 250],
    ['(split "" \\,)', '[""]', 120],
    ['(split "aéb" "é")', '["a" "b"]', 174],
    ['(split "a,b" 44)', '["a" "b"]', 173],
    ['(split "a" "ab")', ":CAST", 0],
    ['(split "a" 1114112)', ":CAST", 0],
    ["(split 1 2)", ":CAST", 0],
    ['(split "a" [])', ":CAST", 0],
    ['(split "a" 0x61)', ":CAST", 0],
    ['(join ["a" "b"] \\,)', '"a,b"', 23],
    ['(join nil ",")', '""', 20],
    ['(join (list "a" 1) \\,)', ":CAST", 0],
    ['(join #{"a"} \\,)', ":CAST", 0],
    ['(count (join ["" ""] (char 55296)))', "3"],
  ]);
});

describe("names", () => {
  testCalls([
    ["(name :a)", '"a"', 20],
    ["(name 'b)", '"b"', 20],
    ['(name "c")', '"c"', 20],
    ["(name 1)", ":CAST", 0],
    ['(keyword "a")', ":a", 20],
    ["(keyword 'a)", ":a", 20],
    ["(keyword :a)", ":a", 20],
    ['(keyword "")', ":ARGUMENT", 0],
    ["(keyword nil)", ":CAST", 0],
    ['(symbol "é")', "é", 20],
    ["(symbol :a)", "a", 20],
    ["(symbol 0x61)", ":CAST", 0],
  ]);
});

describe("blobs", () => {
  testCalls([
    ['(blob "00Ff")', "0x00ff", 22],
    ['(blob "0")', ":CAST", 0],
    ["(blob #1)", "0x0000000000000001", 28],
    ["(blob :ab)", "0x6162", 22],
    ["(blob -1)", "0xff", 21],
    ["(blob 128)", "0x0080", 22],
    ["(blob 0)", "0x00", 21],
    ["(blob \\€)", "0xe282ac", 23],
    ["(blob (char 55296))", "0xeda080", 23],
    ["(blob true)", "0x01", 21],
    ["(blob nil)", ":CAST", 0],
    ["(blob 1.0)", ":CAST", 0],
    ["(blob [])", ":CAST", 0],
    ["(encoding [1 2])", "0x800211011102", 26],
    ["(encoding nil)", "0x00", 21],
  ]);
});

describe("hashes", () => {
  testCalls([
    ["(hash 0x)", "0xa7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a", 1000],
    ["(sha256 0x)", "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1000],
    ["(keccak256 0x)", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", 1000],
    // Of "abc", as the standards have it; 20 for each byte.
    ["(hash 0x616263)", "0x3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532", 1060],
    [
      "(sha256 0x616263)",
      "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      1060,
    ],
    [
      "(keccak256 0x616263)",
      "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
      1060,
    ],
    ['(hash "a")', ":CAST", 0],
    ["(hash #1)", ":CAST", 0],
  ]);
});

describe("syntax", () => {
  testCalls([
    ["(syntax 1)", "^{} 1", 20],
    ["(syntax 1 {:a 1})", "^{:a 1} 1", 20],
    ["(syntax (syntax 1 {:a 1 :b 2}) {:a 3})", "^{:a 3,:b 2} 1", 20],
    ["(syntax 1 (index :a 1))", ":CAST", 0],
    ["(unsyntax (syntax 1 {:a 1}))", "1", 20],
    ["(unsyntax 1)", "1", 20],
    ["(meta (syntax 1))", "{}", 10],
    ["(meta 1)", "nil", 10],
  ]);
});
