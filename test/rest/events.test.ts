// The subscription: what is told, to whom, from where on, and what it costs when nobody reads.

import { afterAll, expect, test } from "bun:test";
import { REPLAY_BLOCKS_MAX, SUBSCRIBERS_MAX } from "../../src/rest/live/live-feed.ts";
import { topicsOf } from "../../src/rest/live/topics.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});

interface Heard {
  readonly id: number;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: data of every kind of event
  readonly data: any;
}

/** A reader as the runtime has it, whatever kinds of readers the type libraries know. */
interface ByteReader {
  read(): Promise<{ readonly value?: Uint8Array | undefined; readonly done: boolean }>;
  cancel(): Promise<void>;
}

/** Reads events of a subscription. */
class Reader {
  readonly #reader: ByteReader;
  #text = "";
  lastId = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader() as unknown as ReadableStreamDefaultReader<Uint8Array>;
  }

  static async open(query: string, lastEventId?: string): Promise<Reader> {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const url = `http://localhost/api/v1/events?${query}`;
    const response = await api.app.fetch(new Request(url, { headers }));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    return new Reader(response.body as ReadableStream<Uint8Array>);
  }

  /** Bytes of the largest piece that came at once. */
  pieceMax = 0;

  /** The next `count` events. */
  async take(count: number): Promise<Heard[]> {
    const heard: Heard[] = [];
    while (heard.length < count) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await this.#reader.read();
        if (done) throw new Error("the stream has ended");
        this.pieceMax = Math.max(this.pieceMax, value?.length ?? 0);
        this.#text += new TextDecoder().decode(value);
        continue;
      }
      const lines = this.#text.slice(0, end).split("\n");
      this.#text = this.#text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      this.lastId = field("id") ?? this.lastId;
      const data = field("data");
      if (data === undefined) continue;
      const event = field("event") as string;
      heard.push({ id: Number(field("id")), event, data: JSON.parse(data) });
    }
    return heard;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

test("blocks and status as they come", async () => {
  const at = api.peer.position;
  const reader = await Reader.open("topics=blocks,status");
  const [first] = await reader.take(1);
  expect(first).toMatchObject({ event: "status", data: { "block-point": at } });
  await api.submit("(+ 1 2)");
  const heard: Heard[] = [];
  const points = Array(4).fill(at + 1);
  const isLast = (it: Heard | undefined) =>
    it?.event === "status" && Bun.deepEquals(it.data.consensus, points);
  // On a busy machine the passes of a block are told of one by one.
  while (!isLast(heard.at(-1))) heard.push(...(await reader.take(1)));
  const asked = (await api.get(`blocks/${at}`)).json;
  const blocks = heard.filter(({ event }) => event === "block");
  expect(blocks).toEqual([{ id: at, event: "block", data: asked }]);
  await reader.close();
});

test("transactions of an account, and those alone", async () => {
  const key = "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29";
  const { address } = (await api.post("createAccount", { accountKey: key })).json;
  const own = await Reader.open("transactions=%2312,13");
  const other = await Reader.open(`transactions=${address}`);
  await api.submit("(transfer 13 5)");
  await api.submit("(str 7)");
  const [failed, done] = (await own.take(2)).map(({ data }) => data);
  expect(failed).toMatchObject({ origin: 12, errorCode: "CAST" });
  expect(done).toMatchObject({ origin: 12, errorCode: null, result: '"7"' });
  const found = (await api.get(`tx?hash=${done.hash}`)).json;
  expect(found.position).toEqual(done.position);
  expect(api.feed.subscribers).toBe(2);
  await own.close();
  await other.close();
  expect(api.feed.subscribers).toBe(0);
});

test("log entries of an account", async () => {
  const reader = await Reader.open("log=12");
  await api.submit("(do (log :A 1) (log [#13 {:b 2}]))");
  const [first, second] = await reader.take(2);
  expect(first).toMatchObject({ event: "log", data: { address: 12, values: ["A", 1] } });
  expect(second?.data).toMatchObject({ values: [[13, { b: 2 }]], isComplete: true });
  await reader.close();
});

test("what one transaction has written to the log comes in pieces", async () => {
  const reader = await Reader.open("log=12");
  const text = '(loop [i 0 s "abcdefgh"] (if (< i 12) (recur (inc i) (str s s)) s))';
  const count = 100;
  await api.submit(`(let [v ${text}] (dotimes [i ${count}] (log v)))`);
  const place = api.peer.position - 1;
  const heard = await reader.take(count);
  expect(new Set(heard.map(({ id }) => id))).toEqual(new Set([place]));
  expect(heard.every(({ data }) => data.values[0].length === 8 << 12)).toBe(true);
  // At most what makes it enough, and one event more.
  expect(reader.pieceMax).toBeLessThan(3 * (8 << 12) + 1_000);
  await api.submit("(log 7)");
  expect((await reader.take(1))[0]?.data.values).toEqual([7]);
  await reader.close();
});

test("who comes back hears what it missed", async () => {
  const before = await Reader.open("topics=blocks");
  await api.submit("1");
  const [seen] = await before.take(1);
  await before.close();
  await api.submit("2");
  await api.submit("3");
  const after = await Reader.open("topics=blocks", String((seen?.id ?? 0) + 1));
  const missed = await after.take(2);
  expect(missed.map(({ data }) => data.index)).toEqual([(seen?.id ?? 0) + 1, (seen?.id ?? 0) + 2]);
  await after.close();
  const again = await Reader.open("topics=blocks", "0");
  expect((await again.take(1))[0]?.data.index).toBe(0);
  await again.close();
});

test("a place beyond the end is taken back", async () => {
  const reader = await Reader.open("topics=blocks", "999999");
  const [rewind] = await reader.take(1);
  const { position } = api.peer;
  expect(rewind).toEqual({ id: position, event: "rewind", data: { position } });
  await reader.close();
});

test("what is too far back is a gap", async () => {
  const { position } = api.peer;
  const far = {
    ...api.sources.peer,
    position: position + REPLAY_BLOCKS_MAX + 50,
    block: () => null,
    blockResult: () => null,
    whenPassed: () => () => {},
  };
  const { LiveFeed } = await import("../../src/rest/live/live-feed.ts");
  const { SYSTEM_CLOCK } = await import("../../src/peer/clock.ts");
  const feed = new LiveFeed(far as unknown as typeof api.peer, SYSTEM_CLOCK);
  const reader = new Reader(feed.open(topicsOf({ topics: "blocks" }), 0));
  const [gap] = await reader.take(1);
  expect(gap).toMatchObject({ event: "gap", data: { from: 0, to: position + 50 } });
  await reader.close();
  feed.close();
});

test("who does not read holds nothing up, and little memory", async () => {
  const reader = await Reader.open("topics=blocks&transactions=12");
  for (let i = 0; i < 50; i++) await api.submit(`"${"x".repeat(3_000)}"`);
  const events = await reader.take(100);
  expect(events.filter(({ event }) => event === "block")).toHaveLength(50);
  await reader.close();
});

test("subscribers are bounded", async () => {
  const topics = topicsOf({ topics: "status" });
  const open = () => api.feed.open(topics, null, "192.0.2.1");
  const streams = Array.from({ length: SUBSCRIBERS_MAX }, open);
  const ask = (remote: string) =>
    api.app.fetch(new Request("http://localhost/api/v1/events?topics=blocks"), { remote });
  const refused = await ask("192.0.2.1");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
  // Who has none gets a place of who has all.
  const other = await ask("192.0.2.2");
  expect([other.status, api.feed.subscribers]).toEqual([200, SUBSCRIBERS_MAX]);
  await other.body?.cancel();
  for (const stream of streams) await stream.cancel();
  expect(api.feed.subscribers).toBe(0);
});

test("HEAD opens no stream", async () => {
  const { status, type } = await api.request("HEAD", "/api/v1/events?topics=status");
  expect([status, type]).toEqual([200, "text/event-stream"]);
  expect(api.feed.subscribers).toBe(0);
});

test("what is no topic is refused", async () => {
  const queries = ["", "topics=", "topics=nonsense", "transactions=x", "log=-1"];
  queries.push(`transactions=${Array.from({ length: 101 }, (_, i) => i).join(",")}`);
  for (const query of queries) expect((await api.get(`events?${query}`)).status).toBe(400);
});

test("a feed that closes ends its streams", async () => {
  const reader = await Reader.open("topics=blocks");
  await reader.take(0);
  api.feed.close();
  expect(reader.take(1)).rejects.toThrow("has ended");
});
