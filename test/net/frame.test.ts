// Frames (sheet 04 §5, column "Ours"): what a length may be, and payloads however they are cut.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Writer } from "../../src/data/writer.ts";
import { MAX_MESSAGE_LENGTH } from "../../src/net/bounds.ts";
import { FrameError, frameLength, writeFrameHeader } from "../../src/net/frame.ts";
import { FrameReader } from "../../src/net/frame-reader.ts";
import { bytesOf } from "../data/fixture-rows.ts";
import { stillThere } from "../in-memory.ts";
import { frameOf } from "./loopback.ts";

const SEED = 1885;

function headerOf(length: number): string {
  const w = new Writer();
  writeFrameHeader(w, length);
  return Buffer.from(w.take(0)).toString("hex");
}

function readAll(chunks: readonly Uint8Array[]): Uint8Array[] {
  const reader = new FrameReader();
  const payloads: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let p = reader.next(); p !== null; p = reader.next()) payloads.push(p);
  }
  expect(reader.isInsideFrame).toBe(false);
  expect(reader.heldBytes).toBe(0);
  return payloads;
}

describe("lengths", () => {
  test("are written minimal", () => {
    const lengths = [1, 127, 128, 16_383, 16_384, MAX_MESSAGE_LENGTH];
    expect(lengths.map(headerOf)).toEqual(["01", "7f", "8100", "ff7f", "818000", "97ebe100"]);
    expect(lengths.map((n) => frameLength(n) - n)).toEqual([1, 1, 2, 2, 3, 4]);
  });

  test("that no message has are not written", () => {
    for (const length of [0, MAX_MESSAGE_LENGTH + 1]) {
      expect(() => headerOf(length)).toThrow(RangeError);
    }
  });

  for (const [hex, why] of [
    ["00", "empty message"],
    ["80", "length with a leading zero"],
    ["8008", "length with a leading zero"],
    ["97ebe101", "message of more than 50000000 bytes"],
    ["ffffff", "message of more than 50000000 bytes"],
    ["81808080", "length of more than 4 bytes"],
  ] as const) {
    test(`${hex} is refused`, () => {
      const reader = new FrameReader();
      reader.push(bytesOf(hex));
      // What is too long in groups that are still to come is refused as soon as that is certain.
      const read = () => {
        reader.next();
        reader.push(bytesOf("7f"));
        reader.next();
      };
      expect(read).toThrow(new FrameError(why));
    });
  }

  test("the longest is accepted, and nothing is allocated for what it claims", () => {
    const reader = new FrameReader();
    reader.push(bytesOf("97ebe100"));
    expect(reader.next()).toBeNull();
    expect(reader.heldBytes).toBe(0);
    expect(reader.isInsideFrame).toBe(true);
  });
});

describe("payloads", () => {
  test("come out as they went in, however the stream is cut", () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 400 });
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 12 }), cuts, (payloads, sizes) => {
        const stream = Buffer.concat(payloads.map(frameOf));
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] as number;
          chunks.push(new Uint8Array(stream.subarray(at, at + size)));
          at += size;
        }
        expect(readAll(chunks).map((p) => Buffer.from(p).toString("hex"))).toEqual(
          payloads.map((p) => Buffer.from(p).toString("hex")),
        );
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("have bytes of their own: what is kept of one does not keep its chunk", () => {
    const [first] = readAll([new Uint8Array([2, 1, 2, 1, 7])]);
    expect(first?.buffer.byteLength).toBe(2);
  });

  test("of many small chunks take little more memory than their bytes", () => {
    const reader = new FrameReader();
    reader.push(bytesOf("97ebe100"));
    reader.next();
    for (let i = 0; i < 100_000; i++) reader.push(new Uint8Array([i & 0xff]));
    expect(reader.heldBytes).toBe(100_000);
    expect(reader.next()).toBeNull();
  });

  test("of any size", () => {
    for (const length of [1, 16_383, 16_384, 70_000, 3_000_000]) {
      const payload = new Uint8Array(length).map((_, i) => i * 7);
      expect(readAll([frameOf(payload)])[0]).toEqual(payload);
    }
  });
});

describe("what is used up", () => {
  test("is let go although the next frame has begun already", async () => {
    const reader = new FrameReader();
    const frame = frameOf(new Uint8Array(3_000).fill(1));
    const head = frame.slice(0, 10);
    const chunks: WeakRef<Uint8Array>[] = [];
    reader.push(head);
    for (let i = 0; i < 100; i++) {
      const chunk = new Uint8Array([...frame.subarray(10), ...head]);
      chunks.push(new WeakRef(chunk));
      reader.push(chunk);
      expect(reader.next()).toHaveLength(3_000);
      expect(reader.next()).toBeNull();
    }
    expect(await stillThere(chunks)).toBeLessThan(10);
    expect(reader.isInsideFrame).toBe(true);
  });
});
