import { expect, test } from "bun:test";
import fc from "fast-check";
import { packSignatures, unpackSignatures } from "../../src/crypto/signature-batch.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const signedBytes = fc.record({
  publicKey: bytes(32),
  signature: bytes(64),
  message: fc.uint8Array({ maxLength: 300 }),
});

test("what is packed is unpacked as it was", () => {
  fc.assert(
    fc.property(fc.array(signedBytes, { maxLength: 20 }), (batch) => {
      const packed = packSignatures(batch);
      expect(packed).not.toBeNull();
      if (packed !== null) expect(unpackSignatures(packed)).toEqual(batch);
    }),
  );
});

test("keys and signatures of another length are not packed", () => {
  const good = {
    publicKey: new Uint8Array(32),
    signature: new Uint8Array(64),
    message: new Uint8Array(),
  };
  expect(packSignatures([good, { ...good, publicKey: new Uint8Array(31) }])).toBeNull();
  expect(packSignatures([good, { ...good, signature: new Uint8Array(65) }])).toBeNull();
});
