// Elements that several views use.

import { brief } from "./format.js";
import { html, useEffect, useState } from "./preact.js";

/**
 * What a promise comes to: { value, error }, both null while it waits. With `everyMs` it is loaded
 * anew so often, and what was there stays until then.
 */
export function useLoaded(load, keys, everyMs = null) {
  const [state, setState] = useState({ value: null, error: null });
  useEffect(() => {
    let isCurrent = true;
    const loadOnce = () =>
      load().then(
        (value) => isCurrent && setState({ value, error: null }),
        (error) => isCurrent && setState({ value: null, error }),
      );
    setState({ value: null, error: null });
    void loadOnce();
    const timer = everyMs === null ? null : setInterval(loadOnce, everyMs);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, keys);
  return state;
}

/** What is loaded, or why it is not. */
export function Loaded({ state, children }) {
  if (state.error !== null) return html`<p class="bad" role="alert">${state.error.message}</p>`;
  if (state.value === null) return html`<p class="quiet">Loading…</p>`;
  return children(state.value);
}

export const Hash = ({ value, href }) =>
  href === undefined
    ? html`<code title=${value}>${brief(value)}</code>`
    : html`<a href=${href}><code title=${value}>${brief(value)}</code></a>`;

export const Account = ({ address }) =>
  address == null ? "–" : html`<a href=${`#/accounts/${address}`}>#${address}</a>`;

/** Names and values below each other. */
export const Facts = ({ rows }) => html`
  <dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;

/** A table that becomes a list of cards on a phone. */
export const Table = ({ columns, rows, caption }) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>${caption}</caption>
      <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>${row.map((cell, i) => html`<td data-name=${columns[i]}>${cell}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

/** Links to the pages of a list; `first` is the number of its first member. */
export function Pages({ path, offset, limit, count, first = 0 }) {
  const link = (to, words) => html`<a href=${`#/${path}?offset=${to}`}>${words}</a>`;
  return html`
    <nav class="pages" aria-label="Pages">
      ${offset > 0 && link(Math.max(0, offset - limit), "← before")}
      <span class="quiet">${count === 0 ? "none" : `${offset + first} – ${Math.min(count, offset + limit) - 1 + first} of ${count}`}</span>
      ${offset + limit < count && link(offset + limit, "after →")}
    </nav>
  `;
}
