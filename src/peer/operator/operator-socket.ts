// The operator's way into the running peer: a Unix socket in the data directory that only its owner
// can open. JSON lines: a request a line, and a line in reply to each.

import { chmodSync, rmSync } from "node:fs";
import type { Socket, UnixSocketListener } from "bun";
import { isDenial, systemCode } from "../../system/system-code.ts";
import type { OperatorReply } from "./operator-commands.ts";
import { isListenedOn } from "./socket-listeners.ts";

/** Longest request. */
const LINE_BYTES_MAX = 64 * 1024;
/** Answers that wait for who asks on without reading them; one more is made at most. */
const WAITING_BYTES_MAX = 1024 * 1024;
/** Connections at a time; with more, the oldest one that waits for no answer gives way. */
const CONNECTIONS_MAX = 64;
/** Longest path that the system takes for a socket. */
const PATH_BYTES_MAX = 107;
const OWNER_ONLY = 0o600;
/** File mode bits that a new socket must not have. */
const GROUP_AND_OTHERS = 0o177;
const REPLY_TIMEOUT_MS = 5_000;

/** The socket can't be opened, or nobody answers on it. The message is for an operator. */
export class OperatorSocketError extends Error {
  readonly code = "OPERATOR";
}

/** Nobody listens on the socket. */
export class NoPeerError extends OperatorSocketError {}

/** Somebody listens on the socket, and says nothing: its process hangs, or has too much to do. */
export class SilentPeerError extends OperatorSocketError {
  /** The message's first half, and its second: what to do about it. */
  readonly finding: string;
  readonly fix: string;

  /**
   * @param pid the peer's process, null when that is not known
   * @param sealed that its data directory was sealed, and what to do then; null when it was not
   */
  constructor(path: string, pid: number | null = null, sealed: string | null = null) {
    const finding = `The peer does not answer on ${path}`;
    const who = pid === null ? "its process" : `process ${pid}`;
    const kill = `\`kill -9 ${pid ?? "PID"}\``;
    // A sealed one would not come back.
    const next =
      sealed === null
        ? `see its log, then \`systemctl restart convex-peer\`, or ${kill} and start it again`
        : `end it with ${kill}; its data directory was ${sealed}`;
    const fix = `${who} hangs, or has too much to do; ${next}`;
    super(`${finding}: ${fix}`);
    this.finding = finding;
    this.fix = fix;
  }
}

/** Who answers what is asked. */
export interface OperatorHandler {
  handle(request: unknown): OperatorReply | Promise<OperatorReply>;
}

/** What has come on a connection and is not answered yet, and what waits to be written. */
interface Exchange {
  readonly decoder: TextDecoder;
  text: string;
  waiting: Uint8Array;
  /** Whether an answer is under way: requests are answered one after another. */
  isAnswering: boolean;
}

/** @throws OperatorSocketError */
function requireShort(path: string): void {
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return;
  const advice = "use a data directory with a shorter path";
  throw new OperatorSocketError(`${path} is too long for a socket: ${advice}`);
}

export class OperatorSocket {
  readonly path: string;
  readonly #server: UnixSocketListener<Exchange>;
  readonly #commands: OperatorHandler;
  readonly #open = new Set<Socket<Exchange>>();

  /** @throws OperatorSocketError */
  constructor(path: string, commands: OperatorHandler) {
    this.path = path;
    this.#commands = commands;
    requireShort(path);
    const mask = process.umask(GROUP_AND_OTHERS);
    try {
      // Whoever ran here before has lost the store's lock to us. A link goes, not what it leads to.
      rmSync(path, { force: true });
      this.#server = Bun.listen<Exchange>({
        unix: path,
        socket: {
          open: (socket) => this.#begin(socket),
          close: (socket) => this.#end(socket),
          drain: (socket) => flush(socket),
          data: (socket, bytes) => this.#take(socket, bytes),
        },
      });
      chmodSync(path, OWNER_ONLY);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OperatorSocketError(`Cannot open the operator's socket ${path}: ${reason}`);
    } finally {
      process.umask(mask);
    }
  }

  #begin(socket: Socket<Exchange>): void {
    const decoder = new TextDecoder();
    socket.data = { text: "", waiting: new Uint8Array(), decoder, isAnswering: false };
    this.#open.add(socket);
    if (this.#open.size <= CONNECTIONS_MAX) return;
    const idle = [...this.#open].find(({ data }) => !data.isAnswering);
    idle?.terminate();
  }

  /** What is left of its requests is not carried out. */
  #end(socket: Socket<Exchange>): void {
    this.#open.delete(socket);
    socket.data.text = "";
  }

  #take(socket: Socket<Exchange>, bytes: Uint8Array): void {
    const { data } = socket;
    data.text += data.decoder.decode(bytes, { stream: true });
    this.#answerLines(socket);
  }

  #answerLines(socket: Socket<Exchange>): void {
    const { data } = socket;
    while (data.waiting.length <= WAITING_BYTES_MAX && !data.isAnswering) {
      const end = data.text.indexOf("\n");
      if (end < 0) break;
      const line = data.text.slice(0, end);
      data.text = data.text.slice(end + 1);
      const answer = this.#answer(line);
      if (answer instanceof Promise) this.#answerLater(socket, answer);
      else write(socket, answer);
    }
    const isUnread = data.waiting.length > WAITING_BYTES_MAX;
    if (isUnread || data.text.length > LINE_BYTES_MAX) socket.terminate();
  }

  #answerLater(socket: Socket<Exchange>, answer: Promise<OperatorReply>): void {
    socket.data.isAnswering = true;
    void answer.then((reply) => {
      socket.data.isAnswering = false;
      write(socket, reply);
      this.#answerLines(socket);
    });
  }

  #answer(line: string): OperatorReply | Promise<OperatorReply> {
    try {
      return this.#commands.handle(JSON.parse(line));
    } catch (error) {
      if (error instanceof SyntaxError) return { ok: false, error: "expected a line of JSON" };
      throw error;
    }
  }

  close(): void {
    this.#server.stop(true);
    rmSync(this.path, { force: true });
  }
}

function write(socket: Socket<Exchange>, reply: OperatorReply): void {
  const { data } = socket;
  data.waiting = Buffer.concat([data.waiting, Buffer.from(`${JSON.stringify(reply)}\n`)]);
  flush(socket);
}

/** Writes as much as the other side takes. */
function flush(socket: Socket<Exchange>): void {
  const { data } = socket;
  if (data.waiting.length > 0) data.waiting = data.waiting.slice(socket.write(data.waiting));
}

/**
 * Has a running peer do something. The connection is closed whatever comes of it: an open one keeps
 * the process that asks from ending.
 * @throws OperatorSocketError when none answers at this path, SilentPeerError when one listens
 * there and does not answer in time; the system's error (EACCES) when it is another user's
 */
export function askPeer(
  path: string,
  request: object,
  timeoutMs = REPLY_TIMEOUT_MS,
): Promise<OperatorReply> {
  return new Promise((resolve, reject) => {
    requireShort(path);
    let text = "";
    let asked: Socket<undefined> | null = null;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new SilentPeerError(path));
      asked?.terminate();
    }, timeoutMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(unanswered(error, path));
    };
    Bun.connect({
      unix: path,
      socket: {
        open: (socket) => {
          asked = socket;
          if (isLate) socket.terminate();
          else socket.write(`${JSON.stringify(request)}\n`);
        },
        data: (socket, bytes) => {
          text += Buffer.from(bytes).toString("utf8");
          const end = text.indexOf("\n");
          if (end < 0) return;
          clearTimeout(timer);
          resolve(JSON.parse(text.slice(0, end)) as OperatorReply);
          // Calls `close` before it returns.
          socket.end();
        },
        // Without an answer before, the peer has ended.
        close: () => fail(null),
        connectError: (_socket, error) => fail(error),
      },
    }).catch(fail);
  });
}

/**
 * Why nothing comes from the socket: nobody listens, has ended meanwhile, or lets this user in; or
 * so many wait for an answer that the system takes no more.
 */
function unanswered(error: unknown, path: string): Error {
  // The system's error, with the path that Bun leaves out.
  if (error instanceof Error && isDenial(error))
    return Object.assign(error, { syscall: "connect", path });
  if (systemCode(error) === "ECONNREFUSED" && isListenedOn(path)) return new SilentPeerError(path);
  const advice = "start it, or name its --data-dir";
  return new NoPeerError(`No peer runs with the socket ${path}: ${advice}`);
}
