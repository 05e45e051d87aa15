// Pages without script or style: a heading, links, and a value as JSON. They work in every browser
// and for programs that read pages.

import type { Value } from "../../data/cell.ts";
import { toJsonPretty } from "../../lang/json.ts";
import { escapeHtml } from "../content.ts";
import { HTML_TYPE } from "../media-type.ts";

export interface Page {
  readonly title: string;
  /** What leads further, in order. */
  readonly links?: readonly (readonly [href: string, text: string])[];
  /** What the page shows. */
  readonly value?: Value;
  /** A sentence beside it. */
  readonly words?: string;
}

const HEADERS = {
  "Content-Type": HTML_TYPE,
  "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

const SEARCH =
  '<form method="post" action="/explorer/search"><label>Account, peer key, hash or name ' +
  '<input name="q"></label> <button>Find</button></form>';

const link = ([href, text]: readonly [string, string]) =>
  `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`;

/** 200 and HTML. What comes from the State is escaped; nothing may be loaded from elsewhere. */
export function sendPage({ title, links = [], value, words }: Page): Response {
  const parts = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>',
    `<p><a href="/explorer">Explorer</a></p>${SEARCH}<h1>${escapeHtml(title)}</h1>`,
    words === undefined ? "" : `<p>${escapeHtml(words)}</p>`,
    links.length === 0 ? "" : `<ul>${links.map(link).join("")}</ul>`,
    value === undefined ? "" : `<pre>${escapeHtml(toJsonPretty(value))}</pre>`,
    "</body></html>\n",
  ];
  return new Response(parts.join("\n"), { headers: HEADERS });
}
