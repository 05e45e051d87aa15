// Frames that were right and are changed at random places, the same in every run of a seed.

import { frameOf } from "./loopback.ts";

/** Numbers that look random and are the same in every run. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function mutated(frame: Uint8Array, next: (below: number) => number): Uint8Array {
  const bytes = frame.slice();
  switch (next(24)) {
    case 0:
      bytes[next(bytes.length)] = next(256);
      return bytes;
    case 1:
      return bytes.slice(0, 1 + next(bytes.length));
    case 2: {
      const at = next(bytes.length);
      bytes.copyWithin(at, next(bytes.length));
      return bytes;
    }
    default: {
      // The length stays right, so that the payload is looked at.
      const headerLength = (bytes[0] as number) >= 0x80 ? 2 : 1;
      const payload = bytes.slice(headerLength);
      for (let i = next(6); i >= 0; i--) payload[next(payload.length)] = next(256);
      return frameOf(payload);
    }
  }
}
