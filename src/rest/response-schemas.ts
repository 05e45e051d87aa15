// Shapes of JSON responses (sheet 05 §1.4, §1.8). They document the routes; the tests hold real
// responses against them.

import * as v from "valibot";

const INTEGER = v.pipe(v.number(), v.integer());
/** Copper, sequences and the like: 64 bits, so that JavaScript may lose digits. */
const LONG = v.pipe(v.number(), v.metadata({ type: "integer", format: "int64" }));
const HEX = v.pipe(v.string(), v.regex(/^0x(?:[0-9a-f]{2})*$/));
const HASH = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{64}$/));
const BARE_HEX = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/));
const ADDRESS = v.pipe(LONG, v.description("Address of an account"));

export const ERROR = v.pipe(
  v.object({ error: v.pipe(v.string(), v.description("What was expected, and what was found")) }),
  v.metadata({ ref: "Error" }),
);

export const RESULT = v.pipe(
  v.looseObject({
    errorCode: v.optional(
      v.pipe(v.string(), v.description("Name of the error code without its colon, e.g. FUNDS")),
    ),
    value: v.pipe(v.unknown(), v.description("The value as JSON; with an error, its message")),
    info: v.optional(
      v.pipe(
        v.unknown(),
        v.description("juice, fees, mem, tx, loc, source, trace, eaddr, as far as there are any"),
      ),
    ),
    result: v.pipe(
      v.nullable(v.string()),
      v.description("The value printed; null when that is longer than 65,536 characters"),
    ),
  }),
  v.metadata({ ref: "Result" }),
);

export const ERROR_OR_RESULT = v.union([ERROR, RESULT]);

export const STATUS = v.pipe(
  v.object({
    belief: HASH,
    states: v.pipe(HASH, v.description("The same as state")),
    genesis: v.pipe(HASH, v.description("Hash of the genesis State, which names the network")),
    peer: v.pipe(HASH, v.description("Key of this peer")),
    state: v.pipe(HASH, v.description("Hash of the State at finality")),
    "consensus-point": INTEGER,
    "proposal-point": INTEGER,
    "block-point": INTEGER,
    consensus: v.pipe(
      v.array(INTEGER),
      v.description("Numbers of blocks: known, proposed, in consensus, final"),
    ),
  }),
  v.metadata({ ref: "Status" }),
);

export const ACCOUNT = v.pipe(
  v.object({
    sequence: LONG,
    address: ADDRESS,
    memorySize: LONG,
    balance: v.pipe(LONG, v.description("Copper")),
    allowance: v.pipe(LONG, v.description("Memory allowance in bytes")),
    type: v.picklist(["user", "actor"]),
    key: v.nullable(HASH),
  }),
  v.metadata({ ref: "Account" }),
);

export const PEER = v.pipe(
  v.object({
    controller: v.nullable(ADDRESS),
    stake: LONG,
    stakes: v.nullable(v.record(v.string(), v.unknown())),
    "delegated-stake": LONG,
    metadata: v.nullable(v.record(v.string(), v.unknown())),
    timestamp: v.pipe(LONG, v.description("Time of its last Block in ms; -1 before the first")),
    balance: LONG,
  }),
  v.metadata({ ref: "Peer" }),
);

export const PREPARED = v.pipe(
  v.object({
    sequence: LONG,
    address: ADDRESS,
    data: v.pipe(BARE_HEX, v.description("The transaction as CAD3 message")),
    source: v.string(),
    hash: v.pipe(
      BARE_HEX,
      v.description(
        "What is to be signed: the transaction itself when short, else 20 and its hash",
      ),
    ),
  }),
  v.metadata({ ref: "Prepared" }),
);

export const CREATED = v.pipe(v.object({ address: ADDRESS }), v.metadata({ ref: "Created" }));

/** A Result too, when the transfer failed. */
export const FAUCET = v.looseObject({
  address: v.optional(ADDRESS),
  amount: v.optional(LONG),
});

export const ENCODED = v.pipe(
  v.object({
    hash: v.pipe(BARE_HEX, v.description("The encoding of the top cell")),
    cad3: v.pipe(BARE_HEX, v.description("The whole value as CAD3 message")),
  }),
  v.metadata({ ref: "Encoded" }),
);

export const DECODED = v.pipe(v.object({ cvx: v.string() }), v.metadata({ ref: "Decoded" }));

export const TRANSACTION = v.pipe(
  v.object({
    position: v.pipe(v.array(INTEGER), v.description("Number of the Block, and place in it")),
    result: v.object({
      id: v.unknown(),
      result: v.unknown(),
      error: v.unknown(),
      log: v.unknown(),
      info: v.unknown(),
    }),
    tx: v.object({ "public-key": v.nullable(HASH), signature: HEX, value: v.unknown() }),
  }),
  v.metadata({ ref: "Transaction" }),
);

export const BLOCK = v.pipe(
  v.object({
    transactionCount: INTEGER,
    peer: v.pipe(HASH, v.description("Key of the peer that made it")),
    hash: v.pipe(HASH, v.description("Hash of the signed Block")),
    index: INTEGER,
    finalised: v.boolean(),
    timestamp: v.pipe(LONG, v.description("ms since 1970, by the clock of its peer")),
  }),
  v.metadata({ ref: "Block" }),
);

export const BLOCKS = v.pipe(
  v.object({ items: v.array(BLOCK), count: INTEGER, offset: INTEGER }),
  v.metadata({ ref: "Blocks" }),
);

const page = <T extends v.GenericSchema>(item: T) =>
  v.object({ items: v.array(item), count: INTEGER, offset: INTEGER });

export const ACCOUNTS = v.pipe(page(ACCOUNT), v.metadata({ ref: "Accounts" }));

const LISTED_PEER = v.pipe(
  v.object({
    key: HASH,
    controller: v.nullable(ADDRESS),
    stake: v.pipe(LONG, v.description("Its controller's shares of the balance")),
    delegatedStake: v.pipe(LONG, v.description("Shares of those who delegated to it")),
    balance: v.pipe(LONG, v.description("Copper")),
    url: v.nullable(v.string()),
    timestamp: v.pipe(LONG, v.description("Time of its last Block in ms; -1 before the first")),
  }),
  v.metadata({ ref: "ListedPeer" }),
);

export const PEERS = v.pipe(page(LISTED_PEER), v.metadata({ ref: "Peers" }));

const BLOCK_TRANSACTION = v.pipe(
  v.object({
    hash: v.pipe(HASH, v.description("Hash of the signed transaction")),
    index: v.pipe(INTEGER, v.description("Place in its block")),
    type: v.picklist(["invoke", "transfer", "call", "multi"]),
    origin: ADDRESS,
    sequence: LONG,
    text: v.pipe(v.nullable(v.string()), v.description("The transaction printed; null when long")),
    isExecuted: v.boolean(),
    errorCode: v.nullable(v.string()),
    result: v.pipe(v.nullable(v.string()), v.description("Its value printed; null when long")),
    juice: v.nullable(LONG),
    fees: v.pipe(v.nullable(LONG), v.description("Copper")),
  }),
  v.metadata({ ref: "BlockTransaction" }),
);

export const BLOCK_TRANSACTIONS = v.pipe(
  page(BLOCK_TRANSACTION),
  v.metadata({ ref: "BlockTransactions" }),
);

export const VERIFIED = v.pipe(
  v.object({ isValid: v.boolean(), invalidReason: v.optional(v.unknown()), payer: v.unknown() }),
  v.metadata({ ref: "Verified" }),
);

export const DID_DOCUMENT = v.pipe(
  v.object({
    "@context": v.string(),
    id: v.string(),
    controller: v.string(),
    verificationMethod: v.optional(
      v.array(
        v.object({
          id: v.string(),
          type: v.string(),
          controller: v.string(),
          publicKeyMultibase: v.string(),
        }),
      ),
    ),
    authentication: v.optional(v.array(v.string())),
    alsoKnownAs: v.array(v.string()),
  }),
  v.metadata({ ref: "DidDocument" }),
);

export const LIVE = v.pipe(
  v.object({ status: v.picklist(["live", "halted"]), reason: v.optional(v.nullable(v.string())) }),
  v.metadata({ ref: "Live" }),
);

export const HEALTH = v.pipe(
  v.object({
    status: v.picklist(["ready", "syncing", "not ready"]),
    role: v.picklist(["voter", "observer"]),
    reason: v.pipe(v.nullable(v.string()), v.description("Why it is not ready, or refuses")),
    secondsBehind: v.pipe(
      v.number(),
      v.description("Age of the oldest known block that is not executed"),
    ),
    peers: v.pipe(INTEGER, v.description("Other peers there is a connection to")),
    stale: v.pipe(v.boolean(), v.description("Whether the State may be old")),
    position: v.pipe(INTEGER, v.description("Blocks executed")),
    backlog: v.pipe(INTEGER, v.description("Final blocks that are not executed yet")),
    points: v.array(INTEGER),
  }),
  v.metadata({ ref: "Health" }),
);
