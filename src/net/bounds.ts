// Every bound of the network layer. Those that the reference has keep its value (sheet 04 §1, §5);
// the others keep memory, and the time that one remote can take, bounded whatever is sent.

export { MAX_MESSAGE_LENGTH } from "../data/multi-cell.ts";

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

/**
 * Messages of more bytes have limits by what they are, since all others wait while one is read:
 * 10 MB of small cells take half a second and more, and a hundred times their length in memory.
 */
export const LONG_MESSAGE_BYTES = 16 * KILOBYTE;
/**
 * Bytes of long messages that are read a second for all together, but for Beliefs of who has proved
 * a key, and at once after a while without.
 */
export const LONG_BYTES = { perSecond: 2 * MEGABYTE, atOnce: 4 * MEGABYTE };
/** How long who sent a long message that was not read is not listened to. */
export const NOT_READ_PAUSE_MS = 1_000;
/** Of all that are no query, transaction, Belief or reply; and of replies that are no cells. */
export const PLAIN_MESSAGE_BYTES = 64 * KILOBYTE;
/** What the reply to a data request has for each cell, at most. */
export const REPLY_CELL_BYTES = 16 * KILOBYTE + 64;

/** Hashes that one data request may name (CPoSConstants.MISSING_LIMIT). */
export const MISSING_LIMIT = 254;
/** Bytes of the length before a payload: 50,000,000 takes four groups of seven bits. */
export const MAX_FRAME_HEADER_LENGTH = 4;
/** Incoming connections (MAX_CLIENT_CONNECTIONS); further ones are closed at once. */
export const MAX_CLIENT_CONNECTIONS = 1024;
/** A connection on which nobody has spoken for this long gives way when a new one finds no room. */
export const GIVES_WAY_AFTER_MS = 10_000;
/**
 * Connections of one host that are a crowd, and the silence after which one of a crowd gives way.
 */
export const CROWD_MIN = 128;
export const CROWD_GIVES_WAY_AFTER_MS = 250;

/** Received bytes that wait in one link before it stops reading from its socket. */
export const READ_AHEAD_BYTES = 256 * KILOBYTE;
/** Memory for sending or receiving that each link has for itself. */
export const OWN_BUFFER_BYTES = 64 * KILOBYTE;
/** Memory of all links together for what they receive beyond their own. */
export const SHARED_READ_BYTES = 128 * MEGABYTE;
/** Memory of all links together for what waits to be sent beyond their own. */
export const SHARED_WRITE_BYTES = 128 * MEGABYTE;
/** Bytes that may wait to be sent on one link; a longer message may when nothing else waits. */
export const WRITE_QUEUE_BYTES = 16 * MEGABYTE;
/** Messages that may wait to be sent on one link. */
export const WRITE_QUEUE_MESSAGES = 65_536;
/** Bytes waiting to be sent above which no further requests of that connection are taken up. */
export const WRITE_HIGH_WATER_BYTES = MEGABYTE;
/** Small messages are joined up to this size before they are handed to the socket. */
export const WRITE_BATCH_BYTES = 64 * KILOBYTE;

/** Grace after which a message that is still coming in must have come at the least rate. */
export const SLOW_FRAME_GRACE_MS = 10_000;
/** Least bytes a second at which a message comes in. */
export const SLOW_FRAME_RATE = 8 * KILOBYTE;
/** Longest time without progress while something waits to be sent. */
export const WRITE_TIMEOUT_MS = 30_000;
/** Longest silence of a connection without privilege. */
export const IDLE_TIMEOUT_MS = 600_000;
/** Silence after which a connection that is kept alive is asked for a sign of life. */
export const KEEP_ALIVE_MS = 15_000;
/**
 * How long that sign may take (PING_TIMEOUT of the reference is for a helper that nobody calls).
 */
export const PING_TIMEOUT_MS = 10_000;
/** How often time-outs are looked at. */
export const CHECK_INTERVAL_MS = 1_000;

/** Longest wait for a TCP connection, and for a reply (DEFAULT_CLIENT_TIMEOUT). */
export const CONNECT_TIMEOUT_MS = 8_000;
export const REQUEST_TIMEOUT_MS = 8_000;
/** Longest wait for the answer to a challenge that this side sends to whoever connected. */
export const CHALLENGE_TIMEOUT_MS = 5_000;
/** Requests of this side without reply on one connection. */
export const REQUESTS_PER_CONNECTION_MAX = 1_024;

/**
 * Requests of one connection that are not answered yet, by number and by bytes; then it is not
 * read.
 */
export const UNANSWERED_MAX = 4_096;
export const UNANSWERED_BYTES = 2 * MEGABYTE;
/** Messages that one connection may have handled before the next connection's turn. */
export const MESSAGES_PER_TURN = 32;
/** Time for messages of one connection after which it is the next one's turn as well. */
export const TURN_MS = 1;
/** Time for messages after which other events get their turn. */
export const TURN_SLICE_MS = 5;
/**
 * Time from which on a turn is a long one, and how many times as long its taker then comes after
 * all others, up to a maximum: a thousand that take one each in turn are no shorter at it.
 */
export const DEAR_TURN_MS = 1;
export const DEAR_TURNS = 1_000;
export const DEAR_MAX_MS = 10_000;

/**
 * WebSocket clients, and the longest message one may send: what is incomplete is not ours to count.
 */
export const MAX_WEBSOCKETS = 256;
export const WEBSOCKET_MESSAGE_BYTES = MEGABYTE;
