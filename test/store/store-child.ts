// A process that writes to a store until it is killed, saying after each write what it has written.

import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";

const store = sqliteStore(process.argv[2] as string, CAD3_TABLE);
let vector = Vector.EMPTY;
for (let i = 0; ; i++) {
  vector = vector.append(CVMString.of(`element ${i}`.padEnd(500)));
  store.write({ roots: [["v", vector]] });
  process.stdout.write(`${i + 1}\n`);
}
