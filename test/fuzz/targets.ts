// All that is fuzzed.

import type { Target } from "./target.ts";
import { decodeTarget, messageTarget } from "./targets/decode.ts";
import { blockTarget, transactionTarget } from "./targets/execution.ts";
import { readerTarget } from "./targets/reader.ts";

export const TARGETS: readonly Target[] = [
  decodeTarget,
  messageTarget,
  readerTarget,
  transactionTarget,
  blockTarget,
];
