// The program of a thread that checks signatures together, beside the main one
// (`peer/signatures/signature-thread.ts`): an answer for each batch, in their order.

import { verifyTogether } from "./ed25519.ts";
import { unpackSignatures } from "./signature-batch.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  self.postMessage(verifyTogether(unpackSignatures(data)));
};
// The first answer, before any batch: from now on batches are taken.
self.postMessage(true);
