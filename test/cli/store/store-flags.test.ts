// How long history is kept, and how large a store may grow, as operators write it.

import { expect, test } from "bun:test";
import {
  bytesText,
  diskBudgetFlag,
  historyFlag,
  historyMs,
  s3EndpointFlag,
} from "../../../src/cli/store/store-flags.ts";

const DAY_MS = 86_400_000;

test("a time has a number and a unit, or is all of it", () => {
  const texts = ["30d", "12h", "90m", "1s", "999999d", "0d", "all"];
  expect(texts.map(historyFlag.parse)).toEqual([
    30 * DAY_MS,
    12 * 3_600_000,
    90 * 60_000,
    1_000,
    999_999 * DAY_MS,
    0,
    Number.POSITIVE_INFINITY,
  ]);
  for (const text of ["", "30", "d", "1.5d", "-1d", "1w", "1000000d", "1dd", "ALL"]) {
    expect(() => historyFlag.parse(text)).toThrow("expected a time like 30d, 12h or 90m, or all");
  }
});

test("history is for ever where that is said, in one way or the other", () => {
  const [some, all] = [30 * DAY_MS, Number.POSITIVE_INFINITY];
  expect(historyMs({ history: some, keepHistory: false })).toBe(some);
  expect(historyMs({ history: some, keepHistory: true })).toBeNull();
  expect(historyMs({ history: all, keepHistory: false })).toBeNull();
});

test("a size has a unit of bytes", () => {
  expect(["500M", "20G", "1T"].map(diskBudgetFlag.parse)).toEqual([
    500 * 2 ** 20,
    20 * 2 ** 30,
    2 ** 40,
  ]);
  for (const text of ["", "20", "G", "1K", "1.5G", "20GB", "20g"]) {
    expect(() => diskBudgetFlag.parse(text)).toThrow("expected a size like 500M, 20G or 1T");
  }
});

test("an endpoint is an address of HTTP", () => {
  expect(s3EndpointFlag.parse("https://s3.example:9000")).toBe("https://s3.example:9000");
  for (const text of ["s3.example", "ftp://s3.example", "s3://bucket", "http:"]) {
    expect(() => s3EndpointFlag.parse(text)).toThrow("An endpoint is http(s)://HOST[:PORT]");
  }
});

test("sizes for people", () => {
  expect([0, 1_023, 1_024, 1_536, 2 ** 30, 2 ** 40, 5_000 * 2 ** 40].map(bytesText)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1.0 KB",
    "1.5 KB",
    "1.0 GB",
    "1.0 TB",
    "5000.0 TB",
  ]);
});
