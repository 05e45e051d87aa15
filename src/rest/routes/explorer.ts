// The explorer's addresses (sheet 05 §1.12): every one that links and clients of the reference lead
// to, as a plain page.

import type { Context, Hono } from "hono";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Block } from "../../state/block.ts";
import { CONSENSUS_LEVEL } from "../../state/order.ts";
import type { Clients } from "../access/clients.ts";
import type { Fields } from "../content.ts";
import { foundAt } from "../explorer/found-at.ts";
import { llmsText } from "../explorer/llms-text.ts";
import { pagePositions } from "../explorer/page-range.ts";
import { sendPage } from "../explorer/plain-page.ts";
import { TEXT_TYPE } from "../media-type.ts";
import { reading } from "../missing-cells.ts";
import { inTurn, type PacedPeer } from "../paced-peer.ts";
import { bodyBytes } from "../request-body.ts";
import { parseAccountKey, parseAddress, RequestError } from "../request-fields.ts";
import { accountFields } from "./accounts.ts";
import { blockFields, transactionAt } from "./blocks.ts";
import { statusMap } from "./status.ts";

/** Longest text that is searched for, in bytes of the form. */
const SEARCH_BYTES_MAX = 4_096;

const PARTS = ["blocks", "states", "accounts", "peers", "connections", "mcp", "repl"] as const;

const asMap = (fields: Fields) =>
  CVMMap.from(fields.map(([name, value]): [Value, Value] => [CVMString.of(name), value]));

const absent = (c: Context) => new RequestError(404, `404 Not found: ${c.req.path}`);

/** A position in a path. @throws RequestError 404 for what is none */
function positionIn(c: Context, name: string): number {
  const text = c.req.param(name) ?? "";
  if (!/^\d{1,15}$/.test(text)) throw absent(c);
  return Number(text);
}

function blockPages(app: Hono, peer: PeerApi): void {
  const points = () => peer.status().points;
  const known = (index: number) => {
    const signed = peer.block(index);
    const finality = points()[CONSENSUS_LEVEL.FINALITY] ?? 0;
    return signed === null ? null : { signed, fields: blockFields(signed, index, finality) };
  };

  app.get("/explorer/blocks", (c) =>
    reading(404, () => {
      const numbers = pagePositions(c, points()[CONSENSUS_LEVEL.BLOCK] ?? 0);
      return sendPage({
        title: "Blocks",
        links: numbers.map((i) => [`/explorer/blocks/${i}`, `Block ${i}`] as const),
        value: Vector.from(numbers.map((i) => asMap(known(i)?.fields ?? []))),
      });
    }),
  );

  app.get("/explorer/blocks/:block", (c) =>
    reading(404, () => {
      const index = positionIn(c, "block");
      const found = known(index);
      if (found === null) throw absent(c);
      const block = found.signed.value;
      const listed = block instanceof Block ? block.listed() : [];
      return sendPage({
        title: `Block ${index}`,
        links: listed.map(
          (_, i) => [`/explorer/blocks/${index}/txs/${i}`, `Transaction ${i}`] as const,
        ),
        value: asMap(found.fields),
      });
    }),
  );

  app.get("/explorer/blocks/:block/txs/:index", (c) =>
    reading(404, () => {
      const [position, index] = [positionIn(c, "block"), positionIn(c, "index")];
      const found = transactionAt(peer, position, index);
      if (found === null) throw absent(c);
      return sendPage({ title: `Transaction ${index} in block ${position}`, value: found });
    }),
  );
}

function statePages(app: Hono, peer: PeerApi): void {
  app.get("/explorer/states", () =>
    sendPage({
      title: "States",
      words: "One after each executed block. This peer shows the latest.",
      links: [[`/explorer/states/${peer.position}`, `State after ${peer.position} blocks`]],
      value: statusMap(peer.status()),
    }),
  );

  app.get("/explorer/states/:position", (c) => {
    const position = positionIn(c, "position");
    if (position > peer.position) throw absent(c);
    const title = `State after ${position} blocks`;
    if (position < peer.position) {
      return sendPage({ title, words: "This peer shows the latest State only." });
    }
    const { accounts, peers, globals } = peer.state();
    const value = asMap([
      ["hash", Blob.of(peer.status().state)],
      ["accounts", accounts.count],
      ["peers", peers.count],
      ["globals", globals],
    ]);
    return sendPage({ title, value });
  });
}

function accountPages(app: Hono, peer: PeerApi): void {
  app.get("/explorer/accounts", (c) => {
    const links = pagePositions(c, peer.state().accounts.count).map(
      (i) => [`/explorer/accounts/${i}`, `#${i}`] as const,
    );
    return sendPage({ title: "Accounts", words: `${peer.state().accounts.count} in all`, links });
  });

  app.get("/explorer/accounts/:address", (c) => {
    const address = parseAddress(c.req.param("address"));
    const account = address === null ? null : peer.state().account(address);
    if (address === null || account === null) throw absent(c);
    return reading(404, () =>
      sendPage({
        title: `Account #${address.value}`,
        value: asMap(accountFields(address, account)),
      }),
    );
  });

  app.get("/explorer/peers", (c) => {
    const { peers } = peer.state();
    const links = pagePositions(c, peers.count).map((i) => {
      const [key] = peers.entryAt(i);
      const hex = key instanceof Blob ? Buffer.from(key.toBytes()).toString("hex") : String(key);
      return [`/explorer/peers/${hex}`, hex] as const;
    });
    return sendPage({ title: "Peers", words: `${peers.count} in all`, links });
  });

  app.get("/explorer/peers/:key", (c) => {
    const key = parseAccountKey(c.req.param("key"));
    const record = key === null ? null : peer.state().peer(Blob.of(key));
    if (record === null) throw absent(c);
    return sendPage({ title: `Peer ${c.req.param("key")}`, value: record });
  });
}

/** Tools are listed without the library that serves them. */
function toolPages(app: Hono): void {
  app.get("/explorer/mcp", async () => {
    const { TOOLS } = await import("../mcp/tools.ts");
    const names = [...TOOLS.values()];
    return sendPage({
      title: "Model Context Protocol",
      words: "The server's address is /mcp.",
      links: names.map(({ name, title }) => [`/explorer/mcp/tools/${name}`, title] as const),
    });
  });

  app.get("/explorer/mcp/tools/:name", async (c) => {
    const { TOOLS } = await import("../mcp/tools.ts");
    const tool = TOOLS.get(c.req.param("name"));
    if (tool === undefined) throw absent(c);
    const inputs = Object.keys((tool.inputSchema as { properties?: object }).properties ?? {});
    const value = asMap([
      ["name", CVMString.of(tool.name)],
      ["inputs", Vector.from(inputs.map((name) => CVMString.of(name)))],
    ]);
    return sendPage({ title: tool.title, words: tool.description, value });
  });
}

function searchRoute(app: Hono, peer: PeerApi): void {
  app.post("/explorer/search", async (c) => {
    const form = new TextDecoder().decode(await bodyBytes(c, SEARCH_BYTES_MAX));
    const text = (new URLSearchParams(form).get("q") ?? "").trim();
    const path = text === "" ? "/explorer/" : await foundAt(peer, text);
    if (path === null) return sendPage({ title: "Nothing found", words: `There is no '${text}'.` });
    const headers = { Location: path, "Content-Type": TEXT_TYPE };
    return new Response("Redirected", { status: 302, headers });
  });
}

/** What the pages tell beside the State. */
export interface ExplorerOptions {
  readonly hasFaucet: boolean;
  readonly hasMcp: boolean;
  readonly clients: Clients;
}

/** With /llms.txt, which tells programs what is here. */
export function explorerRoutes(app: Hono, peer: PacedPeer, options: ExplorerOptions): void {
  const { clients, ...facts } = options;
  app.get("/llms.txt", (c) => {
    const text = llmsText(peer, { baseUrl: clients.baseUrl(c), ...facts });
    return new Response(text, { headers: { "Content-Type": TEXT_TYPE } });
  });
  app.use("/explorer/*", inTurn(peer));
  for (const path of ["/explorer", "/explorer/"]) {
    app.get(path, () =>
      sendPage({
        title: "Explorer",
        links: PARTS.map((part) => [`/explorer/${part}`, part] as const),
        value: statusMap(peer.status()),
      }),
    );
  }
  blockPages(app, peer);
  statePages(app, peer);
  accountPages(app, peer);
  toolPages(app);
  searchRoute(app, peer);
  app.get("/explorer/connections", () =>
    sendPage({
      title: "Connections",
      words: "Whom this peer is connected to is for its operator: convex-peer peers list",
    }),
  );
  app.get("/explorer/repl", () =>
    sendPage({ title: "Try code", links: [["/swagger", "Run a query on the try page"]] }),
  );
}
