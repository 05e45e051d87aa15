// What waits to leave a link: nothing lost, nothing reordered, bounded by bytes and by number.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { WRITE_QUEUE_BYTES, WRITE_QUEUE_MESSAGES } from "../../src/net/bounds.ts";
import { FrameReader } from "../../src/net/frame-reader.ts";
import { WriteQueue } from "../../src/net/write-queue.ts";

test("payloads leave in order, whatever the socket takes at a time", () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 40_000, size: "max" });
  const takes = fc.array(fc.integer({ min: -1, max: 30_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 10 }), takes, (payloads, sizes) => {
      const queue = new WriteQueue();
      const reader = new FrameReader();
      let calls = 0;
      const write = (bytes: Uint8Array) => {
        const size = Math.min(bytes.length, sizes[calls++ % sizes.length] as number);
        reader.push(bytes.slice(0, Math.max(0, size)));
        return size;
      };
      payloads.forEach((bytes, i) => {
        expect(queue.push(bytes)).toBe(true);
        if (i % 3 === 0) queue.drain(write);
      });
      for (let i = 0; i < 200 && !queue.isEmpty; i++) queue.drain(write);
      queue.drain((bytes) => {
        reader.push(bytes.slice());
        return bytes.length;
      });
      expect([queue.bytes, queue.messages]).toEqual([0, 0]);
      for (const bytes of payloads) expect(reader.next()).toEqual(bytes);
      expect(reader.next()).toBeNull();
    }),
    { seed: 5, numRuns: 100 },
  );
});

test("many small messages leave in few writes", () => {
  const queue = new WriteQueue();
  for (let i = 0; i < 1000; i++) queue.push(new Uint8Array(40));
  let writes = 0;
  queue.drain((bytes) => {
    writes++;
    return bytes.length;
  });
  expect(writes).toBe(1);
});

test("too many bytes or messages are not taken, one long message always is", () => {
  const queue = new WriteQueue();
  expect(queue.push(new Uint8Array(WRITE_QUEUE_BYTES + 1))).toBe(true);
  expect(queue.push(new Uint8Array(1))).toBe(false);
  queue.clear();
  for (let i = 0; i < WRITE_QUEUE_MESSAGES; i++) queue.push(new Uint8Array([1]));
  expect(queue.push(new Uint8Array([1]))).toBe(false);
  expect(queue.messages).toBe(WRITE_QUEUE_MESSAGES);
});
