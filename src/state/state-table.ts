// The decode table with the records of the State, transactions and consensus (sheet 01 §10). Ops,
// functions and core definitions are added by the CVM.

import type { CellReader, DecodeTable } from "../data/byte-reader.ts";
import { CAD3_TABLE, extendTable } from "../data/decode.ts";
import { ACCOUNT_STATUS_FIELDS, ACCOUNT_STATUS_TAG, AccountStatus } from "./account-status.ts";
import { BELIEF_FIELDS, BELIEF_TAG, Belief } from "./belief.ts";
import { BLOCK_FIELDS, BLOCK_TAG, Block } from "./block.ts";
import { BLOCK_RESULT_FIELDS, BLOCK_RESULT_TAG, BlockResult } from "./block-result.ts";
import { ORDER_FIELDS, ORDER_TAG, Order } from "./order.ts";
import { PEER_STATUS_FIELDS, PEER_STATUS_TAG, PeerStatus } from "./peer-status.ts";
import { fixedRecordReader } from "./record-reader.ts";
import { RESULT_FIELDS, RESULT_TAG, Result } from "./result.ts";
import { STATE_FIELDS, STATE_TAG, State } from "./state.ts";
import {
  CALL_FIELDS,
  CALL_TAG,
  Call,
  INVOKE_FIELDS,
  INVOKE_TAG,
  Invoke,
  MULTI_FIELDS,
  MULTI_TAG,
  Multi,
  TRANSFER_FIELDS,
  TRANSFER_TAG,
  Transfer,
} from "./transaction.ts";

const READERS: readonly (readonly [tag: number, reader: CellReader])[] = [
  [INVOKE_TAG, fixedRecordReader(INVOKE_FIELDS, Invoke.fromFields)],
  [TRANSFER_TAG, fixedRecordReader(TRANSFER_FIELDS, Transfer.fromFields)],
  [CALL_TAG, fixedRecordReader(CALL_FIELDS, Call.fromFields)],
  [MULTI_TAG, fixedRecordReader(MULTI_FIELDS, Multi.fromFields)],
  [BELIEF_TAG, fixedRecordReader(BELIEF_FIELDS, Belief.fromFields)],
  [STATE_TAG, fixedRecordReader(STATE_FIELDS, State.fromFields)],
  [BLOCK_TAG, fixedRecordReader(BLOCK_FIELDS, Block.fromFields)],
  [ORDER_TAG, fixedRecordReader(ORDER_FIELDS, Order.fromFields)],
  [ACCOUNT_STATUS_TAG, fixedRecordReader(ACCOUNT_STATUS_FIELDS, AccountStatus.fromFields)],
  [PEER_STATUS_TAG, fixedRecordReader(PEER_STATUS_FIELDS, PeerStatus.fromFields)],
  [RESULT_TAG, fixedRecordReader(RESULT_FIELDS, Result.fromFields)],
  [BLOCK_RESULT_TAG, fixedRecordReader(BLOCK_RESULT_FIELDS, BlockResult.fromFields)],
];

/** The decode table of CAD3 with the records of this layer. */
export const STATE_TABLE: DecodeTable = extendTable(CAD3_TABLE, READERS);
