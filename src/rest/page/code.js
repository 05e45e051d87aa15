// Convex Lisp in colours, to read and to write.

import { pieces } from "./highlight.js";
import { html, useRef } from "./preact.js";

/** Characters that get colours; more would only be slow. */
const COLOURED_MAX = 20_000;

const coloured = (text) =>
  text.length > COLOURED_MAX
    ? text
    : pieces(text).map(([kind, piece]) =>
        kind === null ? piece : html`<span class=${`code-${kind}`}>${piece}</span>`,
      );

export const Code = ({ text }) => html`<code class="code">${coloured(text)}</code>`;

/** A text area over its own text in colours. */
export function CodeBox({ value, onInput, onRun, label }) {
  const below = useRef(null);
  const follow = (event) => {
    below.current.scrollTop = event.target.scrollTop;
    below.current.scrollLeft = event.target.scrollLeft;
  };
  const keys = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    }
  };
  return html`
    <div class="code-box">
      <pre ref=${below} aria-hidden="true">${coloured(value)}${"\n"}</pre>
      <textarea aria-label=${label} spellcheck="false" autocapitalize="off" autocomplete="off" value=${value}
        onInput=${(event) => onInput(event.target.value)} onScroll=${follow} onKeyDown=${keys}></textarea>
    </div>
  `;
}
