// The kinds of programs that `interop programs` compares.

import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import { accountBlocks, limitProgram } from "./account-programs.ts";
import { blockResultBlocks } from "./block-result-programs.ts";
import { callBlocks } from "./call-programs.ts";
import type { Case } from "./case.ts";
import { cellTransaction } from "./cell-programs.ts";
import { collectionProgram, indexProgram } from "./collection-programs.ts";
import { damagedBlobTransaction } from "./damaged-blob-programs.ts";
import { damagedIndexTransaction } from "./damaged-index-programs.ts";
import { damagedBlock, damagedOpTransaction } from "./damaged-op-programs.ts";
import { damagedRecordTransaction } from "./damaged-record-programs.ts";
import {
  damagedMapTransaction,
  damagedSetTransaction,
  hugeSetTransaction,
} from "./damaged-trie-programs.ts";
import { damagedVectorTransaction } from "./damaged-vector-programs.ts";
import { foldProgram } from "./fold-programs.ts";
import { formProgram } from "./form-programs.ts";
import { functionProgram, nestedProgram } from "./function-programs.ts";
import { historyBlocks, rereadHistory } from "./history-programs.ts";
import { hugeVectorTransaction } from "./huge-vector-programs.ts";
import { juiceProgram } from "./juice-programs.ts";
import { libraryHistory } from "./library-histories.ts";
import { libraryProgram } from "./library-programs.ts";
import { damagedMessage } from "./message-cases.ts";
import { numberProgram } from "./number-programs.ts";
import { opTransaction } from "./op-programs.ts";
import { readerText } from "./reader-texts.ts";
import { sizeTransaction } from "./size-programs.ts";
import { storedPlaces } from "./stored-places.ts";
import { storedBlocks } from "./stored-programs.ts";
import { typedProgram } from "./typed-programs.ts";
import { vectorBlocks, vectorProgram } from "./vector-programs.ts";

/** Makes case number `index`; `genesis` is the State that it will be run on. */
export type Generator = (random: CaseRandom, index: number, genesis: State) => Case;

export const KINDS: Readonly<Record<string, Generator>> = {
  vectors: vectorProgram,
  "vector-blocks": vectorBlocks,
  collections: collectionProgram,
  indexes: indexProgram,
  "damaged-indexes": damagedIndexTransaction,
  "damaged-vectors": damagedVectorTransaction,
  "damaged-blobs": damagedBlobTransaction,
  "damaged-maps": damagedMapTransaction,
  "damaged-sets": damagedSetTransaction,
  "huge-vectors": hugeVectorTransaction,
  "huge-sets": hugeSetTransaction,
  stored: storedBlocks,
  "stored-places": storedPlaces,
  functions: functionProgram,
  nested: nestedProgram,
  typed: typedProgram,
  folds: foldProgram,
  forms: formProgram,
  numbers: numberProgram,
  texts: readerText,
  ops: opTransaction,
  "damaged-ops": damagedOpTransaction,
  "damaged-blocks": damagedBlock,
  "damaged-records": damagedRecordTransaction,
  cells: cellTransaction,
  sizes: sizeTransaction,
  accounts: accountBlocks,
  histories: historyBlocks,
  "reread-histories": rereadHistory,
  calls: callBlocks,
  "block-results": blockResultBlocks,
  limits: limitProgram,
  juice: juiceProgram,
  libraries: libraryProgram,
  "library-histories": libraryHistory,
  messages: damagedMessage,
};
