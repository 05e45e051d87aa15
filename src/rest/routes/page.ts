// The page at `/`: dashboard and explorer. Its files are in the executable and nothing is loaded
// from elsewhere. They go out compressed to those who take that, and again only when they changed.

import type { Context, Hono } from "hono";
import preact from "htm/preact/standalone.module.js" with { type: "text" };
import plot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import plotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import { toHex } from "../../crypto/hex.ts";
import { sha256 } from "../../crypto/sha3.ts";
import alerts from "../page/alerts.js" with { type: "text" };
import api from "../page/api.js" with { type: "text" };
import charts from "../page/charts.js" with { type: "text" };
import code from "../page/code.js" with { type: "text" };
import element from "../page/element.js" with { type: "text" };
import explorer from "../page/explorer.js" with { type: "text" };
import format from "../page/format.js" with { type: "text" };
import highlight from "../page/highlight.js" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import html from "../page/index.html" with { type: "text" };
import live from "../page/live.js" with { type: "text" };
import overview from "../page/overview.js" with { type: "text" };
import css from "../page/page.css" with { type: "text" };
import page from "../page/page.js" with { type: "text" };
import query from "../page/query.js" with { type: "text" };
import search from "../page/search.js" with { type: "text" };

/** Nothing but this peer, and nothing inline: what a form or a name contains is never run. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": CONTENT_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
  Vary: "Accept-Encoding",
};

const TYPES = {
  html: "text/html;charset=utf-8",
  css: "text/css;charset=utf-8",
  js: "text/javascript;charset=utf-8",
  svg: "image/svg+xml",
};

type Suffix = keyof typeof TYPES;

const SCRIPTS: Readonly<Record<string, unknown>> = {
  alerts,
  api,
  charts,
  code,
  element,
  explorer,
  format,
  highlight,
  live,
  overview,
  page,
  preact,
  query,
  search,
  uplot: plot,
};

const FILES: readonly (readonly [path: string, text: unknown, suffix: Suffix])[] = [
  ["/", html, "html"],
  ["/index.html", html, "html"],
  ["/page/page.css", css, "css"],
  ["/page/uplot.css", plotCss, "css"],
  ["/page/icon.svg", icon, "svg"],
  ...Object.entries(SCRIPTS).map(([name, text]) => [`/page/${name}.js`, text, "js"] as const),
];

/** A file as it goes out; compressed when it is first asked for. */
class PageFile {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #tag: string;
  readonly #type: string;
  #compressed: Uint8Array<ArrayBuffer> | null = null;

  constructor(text: string, suffix: Suffix) {
    this.#bytes = new TextEncoder().encode(text);
    this.#tag = `"${toHex(sha256(this.#bytes)).slice(0, 16)}"`;
    this.#type = TYPES[suffix];
  }

  response(c: Context): Response {
    const headers: Record<string, string> = { ...HEADERS, ETag: this.#tag };
    const known = c.req.header("if-none-match") ?? "";
    if (known.includes(this.#tag)) return new Response(null, { status: 304, headers });
    headers["Content-Type"] = this.#type;
    if (!takesGzip(c.req.header("accept-encoding") ?? "")) {
      return new Response(this.#bytes, { headers });
    }
    headers["Content-Encoding"] = "gzip";
    this.#compressed ??= Bun.gzipSync(this.#bytes);
    return new Response(this.#compressed, { headers });
  }
}

/** gzip by its name, but with the weight 0, which is not to be sent (RFC 9110 §12.4.2, §12.5.3). */
function takesGzip(accepted: string): boolean {
  return accepted.split(",").some((coding) => {
    const [name = "", weight = ""] = coding.split(";");
    return /^(?:x-)?gzip$/i.test(name.trim()) && !/^\s*q\s*=\s*0(?:\.0*)?\s*$/i.test(weight);
  });
}

/** A file is compressed when somebody first asks for it so; 304 for who has it already. */
export function pageRoutes(app: Hono): void {
  const made = new Map<string, PageFile>();
  for (const [path, text, suffix] of FILES) {
    app.get(path, (c) => {
      const file = made.get(path) ?? new PageFile(String(text), suffix);
      made.set(path, file);
      return file.response(c);
    });
  }
}
