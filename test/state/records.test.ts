import { expect, test } from "bun:test";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, MissingDataError, NO_CELLS, Ref, type Value } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { Belief, orderIn } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { BlockResult } from "../../src/state/block-result.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { HostError } from "../../src/state/host-error.ts";
import { Order } from "../../src/state/order.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { Result } from "../../src/state/result.ts";
import { State } from "../../src/state/state.ts";
import { STATE_TABLE } from "../../src/state/state-table.ts";
import { Call, Invoke, MULTI_MODE, Multi, Transfer } from "../../src/state/transaction.ts";

const KEY = "f30e2d4239de4831adb4e2c98b135a3efa582382fbb3a9c990379f3ecf4e0386";
const SEED = "000000121030506ee10cc1c695ecbdea216aac6ab46feff0a19a8f0f0ddf81ef";
const pair = KeyPair.fromSeed(fromHex(SEED) as Uint8Array);

const a11 = Address.of(11);
const plus = List.from([CVMSymbol.of("+"), 1, 2]);
const invoke = Invoke.of(a11, 1, plus);
const transfer = Transfer.of(a11, 2, Address.of(12), 1_000_000);
const emptyState = State.of(Vector.EMPTY, Index.EMPTY, initialGlobals(), Index.EMPTY);
const keyBlob = Blob.fromHex(KEY) as Blob;
const signedOrder = SignedData.sign(pair, Order.EMPTY);

/**
 * Sheet 01 §22.2 and sheet 03 §3, §4, §6, §8, §11: record, encoding, and hash and memory if given.
 */
const ROWS: readonly (readonly [
  name: string,
  cell: Cell,
  encoding: string,
  hash?: string,
  memory?: number,
])[] = [
  [
    "Invoke",
    invoke,
    "d003ea0b110181031102110132012b",
    "20f788457c6bcf8a1e62590d2d49faf5175a0c7f41453c443a718a3c6984ac65",
  ],
  [
    "Transfer",
    transfer,
    "d104ea0b1102ea0c130f4240",
    "721c7e92c2fa346caa6e54b3687474818462c5d7085a49c95b5cfc046bd92027",
  ],
  [
    "Call",
    Call.of(a11, 3, Address.of(45), 100, CVMSymbol.of("foo"), Vector.of(1, 2)),
    "d206ea0b1103ea2d11643203666f6f800211011102",
    "b5d591425536151b2a554ef57c476d9baa93d462a36caa231876ec0268e5d431",
  ],
  [
    "Multi",
    Multi.of(a11, 4, MULTI_MODE.ALL, Vector.of(invoke)),
    "d304ea0b110411018001d003ea0b110181031102110132012b",
    "cef6b5b595bd6d40421b95ce847502ea451a6bccb3b1f01121b679cc1ed7edde",
  ],
  [
    "signed Invoke",
    SignedData.sign(pair, invoke),
    `90${KEY}48472c269fbf364d42829718b69824ae37d8ccd87e673de1bc7b212eda3e9152e856816a6dcd016ca3bb795815429d2eadb651ac11150b157154eb3fae79af00d003ea0b110181031102110132012b`,
    "c2df41ce164faa0041f7d1fbb6c25dbc92b37187fe89349c6f207615bc66fea1",
  ],
  [
    "account",
    AccountStatus.of({ key: keyBlob, balance: 1000 }),
    `d809103120${KEY}1203e8100000000000`,
    "b094c5a9d86dbfb40c10ea70d46c1f0a4dccb20d1aafb1bba017278ad78369ba",
  ],
  [
    "empty account",
    AccountStatus.EMPTY,
    "d809100010100000000000",
    "69fbac8e061f6159a4a805cc577da4777b9e1fec891360062f7cd968a32660d7",
  ],
  [
    "controlled account",
    AccountStatus.of({ controller: Address.of(7) }),
    "d8091000101000ea07000000",
    "38a44b7d304be31ee2ee8ba8f8a54edeaf2e474c27e66e02a141e58be5becdfc",
  ],
  [
    "peer",
    PeerStatus.create(a11, 1000),
    "d907ea0b1203e88400100011ff1203e8",
    "8ab1565fb17df8180355954d3719501cf90a63eebf2ca51214e68903a8a8ef6c",
  ],
  [
    "peer of a genesis",
    PeerStatus.create(Address.of(12), 199_800_000_000_000),
    "d907ea0c1700b5b79006b0008400100011ff1700b5b79006b000",
  ],
  [
    "block",
    Block.of(1_234_567_890, Vector.EMPTY),
    "d60214499602d28000",
    "298b6896de50d8dc06a65738bb2889f52c375a649332ebc723a12c31f01c2e8c",
  ],
  [
    "Order",
    Order.EMPTY,
    "d703108004101010108000",
    "53783cc8d444f63c5d416b600586adda400240cb968ce93e230aad2b5bfab20f",
  ],
  [
    "Belief",
    Belief.of(Index.EMPTY),
    "d4018400",
    "39b75a419d1d7e94ce5994e1ab9ce0b6f9d77a97a33f8de78f7f39c352b9e962",
  ],
  [
    "Belief of one Order",
    Belief.of(Index.EMPTY.assoc(keyBlob, signedOrder) as Index),
    "d40120fde5baa084c98f3275079625900dc2ff492391a72439187b19fd43978339b2f2",
    "aa1af1d8242688d7668ddaa9d10821428a18849583079871c6a53d2fac1e4043",
    208,
  ],
  [
    "Result",
    Result.of({ id: 7, result: 1 }),
    "dd0511071101000000",
    "9b72743e52aea7f6306f21b77f1300140e799dbb5b21022e99833e9713e199b1",
  ],
  [
    "Result of an error",
    Result.of({
      id: 7,
      result: CVMString.of("bad"),
      error: Keyword.of("CAST"),
      info: CVMMap.from([[Keyword.of("source"), Keyword.of("CODE")]]),
    }),
    "dd05110730036261643304434153540082013306736f757263653304434f4445",
    "798f9cbde4ec6949dd62ae44d68929336c4551a30d829618d0e9d036c204ee72",
  ],
  [
    "State",
    emptyState,
    "d504800084008006160193f965840010110a130f42401600e8d4a5100011ff8400",
    "197994ca82b2bb38f23c6918e1ee73571e99b788c3f283c56423098e8a4654f8",
  ],
];

for (const [name, cell, bytes, hash, memory] of ROWS) {
  test(`${name}: encoding, hash, memory size, and back`, () => {
    expect(toHex(encoding(cell))).toBe(bytes);
    expect(cell.measure()).toBe(bytes.length / 2);
    if (hash !== undefined) expect(toHex(hashBytes(cell))).toBe(hash);
    expect(memorySize(cell)).toBe(memory ?? 0);
    const decoded = decode(fromHex(bytes) as Uint8Array, STATE_TABLE, NO_CELLS) as Cell;
    expect(decoded.constructor).toBe(cell.constructor);
    expect(toHex(encoding(decoded))).toBe(bytes);
  });
}

/** Records that one of their fields keeps from being what their tag says (sheet 01 §10). */
const GENERIC = [
  "d002ea0b1101", // two fields
  "d003110111018000", // origin is no Address
  "d003ea0b3301618000", // sequence is no integer
  "d003ea0b190900800000000000000000", // sequence beyond 64 bits, command nil
  "d104ea0b1101ea0c330161", // amount
  "d206ea0b1101ea0933016132016180 00", // offer
  "d304ea0b110111048000", // mode 4
  "d304ea0b110111ff8000", // mode -1
  "d304ea0b1101008000", // mode nil
  "d40284008400",
  "d503800084008000",
  "d60200 8000", // timestamp nil
  "d7030080041010101080 00", // timestamp nil
  "d7031080021000 8000", // points not all integers
  "d70310108000", // points no vector
  "d8081000101000000000",
  "d809000010100000000000", // sequence nil
  "d809100000100000000000", // balance nil
  "d907ea0b008400100011ff1203e8", // stake nil
  "dd0411071101 0000",
  "de0100",
].map((hex) => hex.replaceAll(" ", ""));

test("records that do not fit their tag stay generic, with the same bytes", () => {
  for (const hex of GENERIC) {
    const value = read(hex);
    expect([hex, value instanceof DenseRecord]).toEqual([hex, true]);
    expect(toHex(encoding(value))).toBe(hex);
  }
});

test("fields that nothing checks may be anything", () => {
  const odd = read("d104ea0b11018200117b") as Transfer;
  expect(odd).toBeInstanceOf(Transfer);
  expect(odd.target).toBeNull();
  const multi = read("d304ea0b1101100000".slice(0, -2)) as Multi;
  expect(multi.transactions).toBeNull();
  const block = read("d602110100") as Block;
  expect(block.transactions).toBeNull();
});

test("a Multi has one of four modes", () => {
  const withMode = (mode: Value) => Multi.fromFields(Vector.of(a11, 1, mode, Vector.EMPTY));
  for (const mode of Object.values(MULTI_MODE)) expect(withMode(mode)?.mode).toBe(mode);
  for (const other of [-1, 4, null]) expect(withMode(other)).toBeNull();
});

test("a checked field that is a branch is loaded while reading", () => {
  const bytes = fromHex(`d003ea0b20${"11".repeat(32)}00`) as Uint8Array;
  expect(() => decode(bytes, STATE_TABLE, NO_CELLS)).toThrow("Missing data");
});

test("so is one that nothing checks, when one behind it is", () => {
  const absent = `20${"11".repeat(32)}`;
  for (const hex of [
    `d104ea0b1101${absent}1105`, // target
    `d206ea0b1101${absent}10320166 8000`, // target
    `d206ea0b1101ea0910${absent}8000`, // symbol
    `d80910${absent}10100000000000`, // key
    `d907${absent}1203e88400100011ff1203e8`, // controller
  ]) {
    const bytes = fromHex(hex.replaceAll(" ", "")) as Uint8Array;
    expect(() => decode(bytes, STATE_TABLE, NO_CELLS)).toThrow("Missing data");
  }
});

test("fields of another kind than they are meant to be are read as none", () => {
  const odd = BlockResult.fromFields(Vector.of(7, 8));
  expect([odd.results, odd.result(0)]).toEqual([null, null]);
  expect(() => odd.state).toThrow(HostError);
  expect(Result.fromFields(Vector.of(1, 2, 3, 4, 5)).log).toBeNull();
  expect(Result.fromFields(Vector.of(1, 2, 3, 4, 5)).info).toBeNull();
  expect(orderIn(SignedData.sign(pair, 42))).toBeNull();
  expect(orderIn(42)).toBeNull();
  expect(orderIn(signedOrder)).toBe(Order.EMPTY);
});

test("a Block lists what its vector has, and no more than a block may hold", () => {
  expect(Block.of(1, Vector.of(7, 8)).listed()).toEqual([7, 8]);
  expect(new Block([1, null]).listed()).toEqual([]);
  const many = Vector.from(Array.from({ length: 1025 }, () => 7));
  expect(Block.of(1, many).listed().length).toBe(1024);
  // Claims 32 elements and has two, and one that the store lacks.
  expect(Block.of(1, new Vector(32, [7, 8], null, true)).listed()).toEqual([]);
  const absent = new Vector(1, [new Ref("x".repeat(32), null)], null, false);
  expect(() => Block.of(1, absent).listed()).toThrow(MissingDataError);
});

test("a State loads each of its parts once", () => {
  const long = CVMString.of("x".repeat(135));
  const index = Index.EMPTY.assoc(keyBlob, long) as Index;
  const parts = [Vector.of(1, long), index, initialGlobals().append(long), index];
  let loads = 0;
  const refs = parts.map((cell) => {
    encoding(cell);
    const source = {
      cell: () => {
        loads++;
        return cell;
      },
      memorySize: () => -1,
    };
    return new Ref(hashKey(cell), source);
  });
  const [accounts, peers, globals, schedule] = refs as [Ref, Ref, Ref, Ref];
  const state = new State(accounts, peers, globals, schedule);
  const read = () => [state.accounts, state.peers, state.globals, state.schedule];
  expect(read()).toEqual(parts);
  expect(read()).toEqual(parts);
  expect(loads).toBe(4);
});

test("a BlockResult gives the Result of each transaction", () => {
  const result = Result.of({ id: 0, result: 3 });
  const block = BlockResult.of(emptyState, Vector.of(result));
  expect(block.state).toBe(emptyState);
  expect(block.result(0)).toBe(result);
  expect(block.result(1)).toBeNull();
  expect(BlockResult.of(emptyState, null).result(0)).toBeNull();
});

function read(hex: string): Value {
  return decode(fromHex(hex) as Uint8Array, STATE_TABLE);
}

test("an Order is one with up to 1,024 points, if each is an integer of 64 bits", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const decoded = (points: Vector) =>
    decode(encoding(new DenseRecord(0xd7, Vector.of(1, points, Vector.EMPTY))), STATE_TABLE);
  const prefix = Vector.from(numbers(16));
  // Counts more than there is, and all the same has one where each is looked for (T45).
  const miscounted = new Vector(20, [1, 2, 3, 4], Vector.from(numbers(17)), false);
  for (const points of [...[0, 4, 17, 40].map((n) => Vector.from(numbers(n))), miscounted]) {
    expect(decoded(points)).toBeInstanceOf(Order);
  }
  const withPoints = (n: number) => Vector.of(1, Vector.from(numbers(n)), Vector.EMPTY);
  expect(Order.fromFields(withPoints(1024))).toBeInstanceOf(Order);
  expect(Order.fromFields(withPoints(1025))).toBeNull();
  const absent = new Ref("x".repeat(32), null);
  const withAbsent = Vector.of(1, new Vector(32, [absent, absent], null, true), Vector.EMPTY);
  expect(() => Order.fromFields(withAbsent)).toThrow(MissingDataError);
  const fields = [null, 2n ** 63n].map((last) => Vector.from([...numbers(16), last]));
  for (const points of [...fields, new Vector(33, [1], prefix, false)]) {
    expect(decoded(points)).toBeInstanceOf(DenseRecord);
  }
});
