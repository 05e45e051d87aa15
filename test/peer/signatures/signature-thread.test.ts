// The thread for signatures: started when there are many, ended when there are none, and whatever
// happens to it every check gets an answer.

import { expect, test } from "bun:test";
import type { SignedBytes } from "../../../src/crypto/batch-verify.ts";
import { unpackSignatures } from "../../../src/crypto/signature-batch.ts";
import {
  THREAD_ANSWER_MS,
  THREAD_BATCHES_MAX,
  THREAD_IDLE_MS,
  THREAD_START_SIGNATURES,
  THREAD_WINDOW_MS,
} from "../../../src/peer/bounds.ts";
import { SYSTEM_CLOCK } from "../../../src/peer/clock.ts";
import { AsideChecks } from "../../../src/peer/signatures/signature-checks.ts";
import {
  SignatureThread,
  type VerifyWorker,
} from "../../../src/peer/signatures/signature-thread.ts";
import { until } from "../../net/loopback.ts";
import { TestClock } from "../scene.ts";
import { received, verdicts } from "./received.ts";

/** A thread that answers when it is told to. */
class FakeWorker implements VerifyWorker {
  onmessage: ((event: MessageEvent<boolean>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly batches: SignedBytes[][] = [];
  isEnded = false;

  postMessage(packed: Uint8Array<ArrayBuffer>): void {
    this.batches.push(unpackSignatures(packed));
  }
  terminate(): void {
    this.isEnded = true;
  }
  answer(areGood: boolean): void {
    this.onmessage?.(new MessageEvent("message", { data: areGood }));
  }
}

function scene() {
  const clock = new TestClock();
  const workers: FakeWorker[] = [];
  const losses: string[] = [];
  const make = () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  };
  const thread = new SignatureThread(clock, make, ({ message }) => losses.push(message));
  return { clock, thread, workers, losses };
}

const item: SignedBytes = {
  publicKey: new Uint8Array(32),
  signature: new Uint8Array(64),
  message: new Uint8Array(10),
};
const MANY = new Array<SignedBytes>(THREAD_START_SIGNATURES).fill(item);
const NEVER = () => {
  throw new Error("an answer to what was not taken");
};

/** One that has been started and takes batches. */
function started() {
  const { clock, thread, workers, losses } = scene();
  expect(thread.verify(MANY, NEVER)).toBe(false);
  const [worker] = workers as [FakeWorker];
  expect(thread.verify([item], NEVER)).toBe(false);
  worker.answer(true);
  return { clock, thread, workers, worker, losses };
}

test("a thread is started when so many signatures come within a second", () => {
  const { clock, thread, workers } = scene();
  const half = MANY.slice(0, THREAD_START_SIGNATURES / 2);
  for (let i = 0; i < 4; i++) {
    expect(thread.verify(half, NEVER)).toBe(false);
    expect(workers).toHaveLength(0);
    clock.advance(THREAD_WINDOW_MS);
  }
  thread.verify(half, NEVER);
  thread.verify(half, NEVER);
  expect(workers).toHaveLength(1);
});

test("batches are answered in their order", () => {
  const { thread, worker } = started();
  const answers: string[] = [];
  expect(thread.verify([item, item], (good) => answers.push(`a ${good}`))).toBe(true);
  expect(thread.verify([item], (good) => answers.push(`b ${good}`))).toBe(true);
  expect(worker.batches.map(({ length }) => length)).toEqual([2, 1]);
  worker.answer(true);
  worker.answer(false);
  expect(answers).toEqual(["a true", "b false"]);
});

test("more batches than may wait, and malformed ones, are left to who asks", () => {
  const { thread, worker } = started();
  expect(thread.verify([{ ...item, signature: new Uint8Array(63) }], NEVER)).toBe(false);
  for (let i = 0; i < THREAD_BATCHES_MAX; i++) expect(thread.verify([item], () => {})).toBe(true);
  expect(thread.verify([item], NEVER)).toBe(false);
  worker.answer(true);
  expect(thread.verify([item], () => {})).toBe(true);
});

test("a thread with nothing to do ends, and another is started when many come again", () => {
  const { clock, thread, workers, worker } = started();
  for (let ms = 0; ms < 3 * THREAD_IDLE_MS; ms += THREAD_ANSWER_MS) {
    thread.verify([item], () => {});
    worker.answer(true);
    clock.advance(THREAD_ANSWER_MS);
  }
  expect(worker.isEnded).toBe(false);
  for (let ms = 0; ms <= THREAD_IDLE_MS; ms += THREAD_ANSWER_MS) clock.advance(THREAD_ANSWER_MS);
  expect(worker.isEnded).toBe(true);
  expect(thread.verify([item], NEVER)).toBe(false);
  thread.verify(MANY, NEVER);
  expect(workers).toHaveLength(2);
});

test("what waits for a thread that is lost is answered, and no other is started at once", () => {
  const fail = (_: TestClock, worker: FakeWorker) =>
    worker.onerror?.(new ErrorEvent("error", { message: "no memory" }));
  const hang = (clock: TestClock) => {
    for (let i = 0; i < 2; i++) clock.advance(THREAD_ANSWER_MS);
  };
  for (const [lose, why] of [
    [fail, /no memory$/],
    [hang, /no answer for \d+ ms$/],
  ] as const) {
    const { clock, thread, workers, worker, losses } = started();
    const answers: boolean[] = [];
    for (let i = 0; i < 3; i++) thread.verify([item], (areGood) => answers.push(areGood));
    worker.answer(true);
    lose(clock, worker);
    expect(losses).toEqual([expect.stringMatching(why)]);
    expect(answers).toEqual([true, false, false]);
    expect(worker.isEnded).toBe(true);
    worker.answer(true);
    thread.verify(MANY, NEVER);
    expect(workers).toHaveLength(1);
    clock.advance(THREAD_IDLE_MS);
    thread.verify(MANY, NEVER);
    expect(workers).toHaveLength(2);
  }
});

test("where no thread can be made batches are left to who asks, and it is said why", () => {
  const clock = new TestClock();
  const losses: string[] = [];
  const refuse = () => {
    throw new Error("EAGAIN");
  };
  const thread = new SignatureThread(clock, refuse, ({ message }) => losses.push(message));
  for (let i = 0; i < 3; i++) expect(thread.verify(MANY, NEVER)).toBe(false);
  expect(losses).toEqual([expect.stringMatching(/EAGAIN$/)]);
  clock.advance(THREAD_IDLE_MS);
  thread.verify(MANY, NEVER);
  expect(losses).toHaveLength(2);
});

test("a thread that never begins is given up", () => {
  const { clock, thread, workers } = scene();
  thread.verify(MANY, NEVER);
  clock.advance(THREAD_ANSWER_MS);
  expect(workers[0]?.isEnded).toBe(true);
});

test("a real thread finds what is good and what is not, and what it refuses is looked at alone", async () => {
  const program = new URL("../../../src/crypto/verify-thread.ts", import.meta.url).href;
  const workers: Worker[] = [];
  let answered = 0;
  const make = () => {
    const worker = new Worker(program);
    worker.addEventListener("message", () => answered++);
    workers.push(worker);
    return worker as VerifyWorker;
  };
  const thread = new SignatureThread(SYSTEM_CLOCK, make, NEVER);
  thread.verify(MANY, NEVER);
  await until(() => answered === 1);
  const checks = new AsideChecks(thread);
  const good = received(20);
  const mixed = received(20, [7]);
  await Promise.all(
    [good, mixed].map((all) => new Promise<void>((resolve) => checks.checkAll(all, resolve))),
  );
  expect(answered).toBe(3);
  expect(verdicts(good)).toEqual(good.map(() => true));
  expect(verdicts(mixed)).toEqual(mixed.map((_, i) => (i === 7 ? null : true)));
  expect(mixed[7]?.isSigned()).toBe(false);
  for (const worker of workers) worker.terminate();
});
