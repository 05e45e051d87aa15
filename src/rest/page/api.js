// What the page asks the peer. Where the operator wants a token, it is asked for once and kept for
// the browser tab only.

const BASE = "/api/v1";
const TOKEN_NAME = "convex-peer-token";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN_NAME) ?? "",
  set: (value) => sessionStorage.setItem(TOKEN_NAME, value),
};

function headers(extra = {}) {
  const given = token.get();
  return given === "" ? extra : { ...extra, Authorization: `Bearer ${given}` };
}

const INTEGER = /^-?\d+$/;

/** Integers beyond 2^53 as BigInt with every digit, where the browser tells how they stand. */
function parsed(text) {
  return JSON.parse(text, (_name, value, context) => {
    const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
    return isRounded && INTEGER.test(context?.source) ? BigInt(context.source) : value;
  });
}

/** The same as JSON again. */
export function written(value) {
  const exact = (_name, one) => (typeof one === "bigint" ? JSON.rawJSON(String(one)) : one);
  return JSON.stringify(value, exact, 2);
}

async function request(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers) });
  const text = await response.text();
  let body = null;
  try {
    body = parsed(text);
  } catch {
    // Not every refusal is JSON.
  }
  return { response, text, body };
}

/** JSON of a path below /api/v1. @throws ApiError */
export async function get(path) {
  const { response, text, body } = await request(`${BASE}/${path}`, {
    headers: { Accept: "application/json" },
  });
  if (response.ok) return body;
  throw new ApiError(response.status, body?.error ?? body?.value ?? text.slice(0, 200));
}

/** Runs code as an account without changing anything; the Result as JSON. */
export async function query(source, address) {
  const { response, text, body } = await request(`${BASE}/query`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(address === null ? { source } : { source, address }),
  });
  if (body === null) throw new ApiError(response.status, text.slice(0, 200));
  if (body.error !== undefined) throw new ApiError(response.status, body.error);
  return body;
}

/** What /readyz says, whatever its status. */
export async function readiness() {
  const { body } = await request("/readyz");
  return body;
}

/** Figures of /metrics by name and labels; null where they are not to be had. */
export async function metrics() {
  const { response, text } = await request("/metrics");
  if (!response.ok) return null;
  const figures = new Map();
  for (const line of text.split("\n")) {
    const end = line.lastIndexOf(" ");
    if (!line.startsWith("#") && end > 0) figures.set(line.slice(0, end), Number(line.slice(end)));
  }
  return figures;
}

/**
 * Hears of events until the signal ends it.
 * @param hear called with the name and the data of each
 * @param lost called when the connection is gone; it is made again
 */
export async function events(topics, hear, lost, signal) {
  let lastId = "";
  while (!signal.aborted) {
    try {
      const resume = lastId === "" ? {} : { "Last-Event-ID": lastId };
      const response = await fetch(`${BASE}/events?${topics}`, {
        headers: headers(resume),
        signal,
      });
      if (!response.ok) throw new ApiError(response.status, await response.text());
      lastId = await readEvents(response.body, hear, lastId);
    } catch (error) {
      if (signal.aborted) return;
      lost(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function readEvents(stream, hear, startId) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let [text, lastId] = ["", startId];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return lastId;
    text += value;
    const messages = text.split("\n\n");
    text = messages.pop();
    for (const message of messages) {
      const fields = Object.fromEntries(
        message.split("\n").map((line) => {
          const colon = line.indexOf(": ");
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
      if (fields.id !== undefined) lastId = fields.id;
      if (fields.event !== undefined) hear(fields.event, JSON.parse(fields.data));
    }
  }
}
