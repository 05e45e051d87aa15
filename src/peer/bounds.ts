// Every bound of the running peer. Where the reference has the bound its value is kept (sheet 04
// §1, 00).

/** Transactions that wait for a block. */
export const TRANSACTION_QUEUE_MAX = 10_000;
/** Transactions that wait for their Result, in a block or not. */
export const PENDING_TRANSACTIONS_MAX = 30_000;
/**
 * Bytes of memory (data/footprint.ts) of the transactions that wait for their Result, together.
 * One alone may have any.
 */
export const PENDING_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes of memory above which a transaction is bulky. */
export const BULKY_BYTES = 128 * 1024;
/** As PENDING_BYTES_MAX, of the bulky ones alone. */
export const PENDING_BULKY_BYTES_MAX = 32 * 1024 * 1024;
/** Clients that wait for the Result of one transaction. */
export const WAITERS_PER_TRANSACTION_MAX = 1_000;
/** How long a client waits for a Result before it is told that there is none yet. */
export const RESULT_TIMEOUT_MS = 8_000;
/**
 * Bytes of memory of the transactions that one block takes, some 2 MB of usual ones; more only for
 * a single one.
 */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Blocks made in one go when the queue holds more than one can take. */
export const BLOCKS_PER_PROPOSAL_MAX = 4;
/** While blocks of this peer wait for finality, the least time between two proposals. */
export const PROPOSAL_PAUSE_MS = 10;
/**
 * Pause before the next proposal for each millisecond that passes have taken since the last one:
 * each block costs every peer some five messages and writes, however much is in it.
 */
export const PAUSE_PER_BUSY_MS = 3;
/** Longest such pause. */
export const PROPOSAL_PAUSE_MAX_MS = 250;
/** Merges in one pass: one for each level, and the last one, which changes nothing. */
export const MERGES_PER_PASS_MAX = 8;
/** Beliefs received and not merged yet. */
export const BELIEF_QUEUE_MAX = 200;
/** Bytes of memory of prepared transactions and other cells remembered for clients. */
export const REMEMBERED_BYTES_MAX = 32 * 1024 * 1024;
/** Time after which execution lets other events in, between two transactions. */
export const EXECUTION_SLICE_MS = 10;
/** Pause before a write that failed is tried again. */
export const WRITE_RETRY_MS = 1_000;
/** Requests for cells that may be under way at one provider. */
export const ACQUISITION_WINDOW = 4;
/** Hashes in one request for cells; the wire allows 254, of up to 16 KB each. */
export const ACQUISITION_HASHES_MAX = 128;
/** Number of complete cells, and memory that they take, at which they are written to the store. */
export const ACQUISITION_WRITE_CELLS = 4_096;
export const ACQUISITION_WRITE_BYTES = 32 * 1024 * 1024;
/** How long a request for cells may take before an idle provider gets it as well. */
export const ACQUISITION_LATE_MS = 2_000;
/** How often an acquisition looks for providers again when no answer comes. */
export const ACQUISITION_RETRY_MS = 500;
/** How long an acquisition goes on without a new cell. */
export const ACQUISITION_STALL_MS = 60_000;
/**
 * Cells that one acquisition may wait for, and memory that the cells take that name them. A value
 * of any size stays far below, since the deepest cells are asked for first.
 */
export const ACQUISITION_WAITING_MAX = 1_000_000;
export const ACQUISITION_INCOMPLETE_BYTES_MAX = 256 * 1024 * 1024;
/** Bytes of cells that a join takes from one host although most of the others lack them. */
export const JOIN_CONTESTED_BYTES_MAX = 256 * 1024 * 1024;
/** Bytes of cells that a join takes from one host while no other host answers. */
export const JOIN_ALONE_BYTES_MAX = 16 * 1024 * 1024 * 1024;
/** Least time between two attempts of a join to connect again to hosts that it has lost. */
export const JOIN_RECONNECT_MS = 2_000;
/** Pause of a provider after a request without answer; doubled each time, up to the maximum. */
export const PROVIDER_REST_MS = 500;
export const PROVIDER_REST_MAX_MS = 8_000;
/** Queries and data requests of all connections that may wait; further ones get `:LOAD`. */
export const QUERY_LANE_MAX = 10_000;
/** How many of one connection may wait even when that many do. */
export const QUERIES_OF_ONE_MIN = 32;
/** How many of one connection may be under way at a time. */
export const QUERIES_AT_ONCE = 32;
/** Time for queries and data requests after which other events get their turn. */
export const QUERY_SLICE_MS = 5;
/** Bytes of the message with a Result; cells that do not fit can be asked for by hash. */
export const RESULT_BYTES_MAX = 8 * 1024 * 1024;
/**
 * Transactions and blocks that may be written before the blocks and results that are on disk are
 * dropped from memory.
 */
export const HELD_PLACES_MAX = 8_192;
/** Blocks executed and then written together: an interrupted replay goes on from there. */
export const EXECUTE_BLOCKS_MAX = 256;
/** Time after which those executed are written and answered before the next block is begun. */
export const EXECUTE_BLOCKS_MS = 250;
/** While final blocks wait to be executed, the least time between two proposals. */
export const BACKLOG_PROPOSAL_PAUSE_MS = 100;
/** How long blocks that were final may wait to be executed before a peer counts as behind. */
export const BACKLOG_TIMEOUT_MS = 10_000;
/** How long blocks wait for finality before clients are told that there is none. */
export const FINALITY_TIMEOUT_MS = 5_000;
/**
 * How long blocks wait for finality before a peer gives in to what others hold on to, and how long
 * it then stays with that before it looks again.
 */
export const CONCEDE_AFTER_MS = 3_000;
export const CONCESSION_MS = 10_000;
/**
 * The same to holders whom a quorum can do without, which it can't while other peers are away or
 * silent. Such concessions are rare, since a peer that lies can bring one about.
 */
export const CONCEDE_TO_FEW_AFTER_MS = 15_000;
export const CONCEDE_TO_FEW_EVERY_MS = 60_000;
/** How long the execution of one block may take before the peer counts as hung. */
export const EXECUTION_TIMEOUT_MS = 5_000;
/** How long the disk may take for what is written before the peer counts as hung. */
export const WRITE_TIMEOUT_MS = 5_000;
/** Signatures of transactions from all connections whose checks may be under way at a time. */
export const SIGNATURES_AT_ONCE = 1_024;
/**
 * Exact checks of signatures that the native check has refused: so many each second for
 * transactions that are taken in, and as many for blocks that are voted with. Some 40 ms of the
 * main thread for each of the two.
 */
export const EXACT_CHECKS_PER_SECOND = 100;
/**
 * Number of signatures from which on it is cheaper to check them together than one by one: of many,
 * each takes 9 µs instead of 40.
 */
export const TOGETHER_MIN = 8;
/** How long signatures gather to be checked together while many come. */
export const SIGNATURE_GATHER_MS = 5;
/** How many gather at most: some 3 ms of work. */
export const SIGNATURE_GATHER_MAX = 256;
/**
 * Signatures checked together within THREAD_WINDOW_MS, some 10 ms of work, at which a second thread
 * is started.
 */
export const THREAD_START_SIGNATURES = 1_000;
export const THREAD_WINDOW_MS = 1_000;
/** Batches that may wait for the second thread. */
export const THREAD_BATCHES_MAX = 64;
/** How long it may have nothing to do before it is ended. */
export const THREAD_IDLE_MS = 10_000;
/** How long it may take for an answer, which takes 10 ms for the longest batch. */
export const THREAD_ANSWER_MS = 5_000;
/** How long the signatures of a source are checked one by one after a bad one. */
export const SUSPECT_MS = 1_000;
/** Transactions that go to the peer together once their signatures are checked. */
export const INTAKE_BATCH_MAX = 1_024;
/** How long the first of them may wait for the others. */
export const INTAKE_BATCH_MS = 10;
/** Difference from the clocks of others at which a peer can't take part. */
export const CLOCK_SKEW_MAX_MS = 5_000;
/**
 * Longest query over the binary protocol, as over HTTP: all others wait while it is decoded and
 * run.
 */
export const QUERY_BYTES_MAX = 1_000_000;
/** Longest transaction over the binary protocol: half of it uses up the juice that one can have. */
export const TRANSACTION_BYTES_MAX = 1_000_000;
/** How long an answer is given again to the same query on the same State. */
export const QUERY_MEMO_MS = 100;
/** Bytes of a query and its answer that are remembered for that. */
export const QUERY_MEMO_ENTRY_BYTES = 4 * 1024;
/** Bytes of all of them together. */
export const QUERY_MEMO_BYTES = 1024 * 1024;
/** How long after a collection the replaced file can still be read; then its space is freed. */
export const PREVIOUS_FILE_MS = 30_000;
/** How long a peer only observes after another process has signed with its key. */
export const TWIN_SILENCE_MS = 20_000;
