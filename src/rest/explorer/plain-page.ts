// Pages without script or style: a heading, links, and a value as JSON. They work in every browser
// and for programs that read pages.

import type { Value } from "../../data/cell.ts";
import { storedBytes } from "../../data/memory-size.ts";
import { toJsonPretty } from "../../lang/json.ts";
import { PRINT_EXCEEDED_MESSAGE } from "../../lang/str-text.ts";
import { escapeHtml, MAX_RESPONSE_BYTES } from "../content.ts";
import { HTML_TYPE } from "../media-type.ts";
import { OUTGOING } from "../outgoing-answers.ts";

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

/**
 * HTML, 200; 413 in place of a value that would be too large as an answer of the API. What comes
 * from the State is escaped; nothing may be loaded from elsewhere.
 */
export function sendPage({ title, links = [], value, words }: Page): Response {
  const size = value === undefined ? 0 : storedBytes(value);
  if (size > MAX_RESPONSE_BYTES) {
    return page({ title, links, words: `The value is too large to show: ${size} bytes` }, 413);
  }
  const text = value === undefined ? "" : toJsonPretty(value);
  if (text === null) return page({ title, links, words: PRINT_EXCEEDED_MESSAGE }, 413);
  return page({ title, links, words }, 200, text);
}

type Shown = { readonly [K in keyof Omit<Page, "value">]: Page[K] | undefined };

function page({ title = "", links = [], words }: Shown, status: number, text = ""): Response {
  const parts = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>',
    `<p><a href="/explorer">Explorer</a></p>${SEARCH}<h1>${escapeHtml(title)}</h1>`,
    words === undefined ? "" : `<p>${escapeHtml(words)}</p>`,
    links.length === 0 ? "" : `<ul>${links.map(link).join("")}</ul>`,
    text === "" ? "" : `<pre>${escapeHtml(text)}</pre>`,
    "</body></html>\n",
  ];
  return new Response(OUTGOING.body(parts.join("\n")), { status, headers: HEADERS });
}
