// Every bound of the network layer. Where the reference has the bound its value is kept (sheet 04
// §1, §5); the others bound memory, and the time that one remote can take, whatever is sent.

export { MAX_MESSAGE_LENGTH } from "../data/multi-cell.ts";

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

/**
 * A message of more bytes is long: it has limits of its own kind, since all others wait while it is
 * read. 10 MB of small cells take half a second and more, and a hundred times their length in
 * memory.
 */
export const LONG_MESSAGE_BYTES = 16 * KILOBYTE;
/**
 * Bytes of long messages that are read from all connections together: each second, and at once
 * after a while without. Beliefs of peers that have proved their key do not count.
 */
export const LONG_BYTES = { perSecond: 2 * MEGABYTE, atOnce: 4 * MEGABYTE };
/** How long a connection is not read after a long message on it was refused unread. */
export const NOT_READ_PAUSE_MS = 1_000;
/**
 * Longest message that is no query, transaction, Belief or reply with cells: nothing else that is
 * of use is longer.
 */
export const PLAIN_MESSAGE_BYTES = 64 * KILOBYTE;
/** Most bytes of one cell in the reply to a data request. */
export const REPLY_CELL_BYTES = 16 * KILOBYTE + 64;

/** Hashes that one data request may name (CPoSConstants.MISSING_LIMIT). */
export const MISSING_LIMIT = 254;
/** Bytes of the length before a payload: 50,000,000 takes four groups of seven bits. */
export const MAX_FRAME_HEADER_LENGTH = 4;
/** Incoming connections (MAX_CLIENT_CONNECTIONS); further ones are closed at once. */
export const MAX_CLIENT_CONNECTIONS = 1024;
/** Silence after which a connection gives way to a new one that finds no room. */
export const GIVES_WAY_AFTER_MS = 10_000;
/** Number of connections of one host from which on a shorter silence is enough for them. */
export const CROWD_MIN = 128;
export const CROWD_GIVES_WAY_AFTER_MS = 250;

/** Received bytes that may wait in one link; with more, it stops reading from its socket. */
export const READ_AHEAD_BYTES = 256 * KILOBYTE;
/** Bytes that each link may buffer of its own for receiving, and as many for sending. */
export const OWN_BUFFER_BYTES = 64 * KILOBYTE;
/** Bytes that all links together may buffer beyond that for receiving. */
export const SHARED_READ_BYTES = 128 * MEGABYTE;
/** Bytes that all links together may buffer beyond that for sending. */
export const SHARED_WRITE_BYTES = 128 * MEGABYTE;
/** Bytes that may wait to be sent on one link; a longer message may if nothing else waits. */
export const WRITE_QUEUE_BYTES = 16 * MEGABYTE;
/** Messages that may wait to be sent on one link. */
export const WRITE_QUEUE_MESSAGES = 65_536;
/** Bytes waiting to be sent on a connection above which its next requests wait. */
export const WRITE_HIGH_WATER_BYTES = MEGABYTE;
/** Small messages are joined up to this size before they are handed to the socket. */
export const WRITE_BATCH_BYTES = 64 * KILOBYTE;

/** Time that a message may take to come in at any rate; after it, the least rate is required. */
export const SLOW_FRAME_GRACE_MS = 10_000;
/** Least rate at which a message must come in, in bytes a second. */
export const SLOW_FRAME_RATE = 8 * KILOBYTE;
/** Longest time without progress while something waits to be sent. */
export const WRITE_TIMEOUT_MS = 30_000;
/** Longest silence of a connection that is not kept alive. */
export const IDLE_TIMEOUT_MS = 600_000;
/** Silence after which a connection that is kept alive is asked for a sign of life. */
export const KEEP_ALIVE_MS = 15_000;
/**
 * How long that sign may take (PING_TIMEOUT of the reference is for a helper that nobody calls).
 */
export const PING_TIMEOUT_MS = 10_000;
/** How often connections are checked for timeouts. */
export const CHECK_INTERVAL_MS = 1_000;

/** Longest wait for a TCP connection, and for a reply (DEFAULT_CLIENT_TIMEOUT). */
export const CONNECT_TIMEOUT_MS = 8_000;
export const REQUEST_TIMEOUT_MS = 8_000;
/** Longest wait for the answer to a challenge that this side sends to whoever connected. */
export const CHALLENGE_TIMEOUT_MS = 5_000;
/** Requests of this side that may wait for a reply on one connection. */
export const REQUESTS_PER_CONNECTION_MAX = 1_024;

/** Requests of one connection without an answer, and their bytes, at which it is not read. */
export const UNANSWERED_MAX = 4_096;
export const UNANSWERED_BYTES = 2 * MEGABYTE;
/** Messages after which the turn of one connection ends. */
export const MESSAGES_PER_TURN = 32;
/** Time after which it ends. */
export const TURN_MS = 1;
/** Time for turns after which other events are let in. */
export const TURN_SLICE_MS = 5;
/** Time from which on a turn is costly: its taker then comes after all others for a while. */
export const COSTLY_TURN_MS = 1;
/** That while in lengths of the turn: a thousand takers with a costly turn each gain nothing. */
export const COSTLY_WAIT_TURNS = 1_000;
/** Longest such while. */
export const COSTLY_WAIT_MAX_MS = 10_000;

/** WebSocket clients at a time. */
export const MAX_WEBSOCKETS = 256;
/**
 * Longest message of a WebSocket client: the runtime buffers it until it is complete, where no
 * other bound counts it.
 */
export const WEBSOCKET_MESSAGE_BYTES = MEGABYTE;
