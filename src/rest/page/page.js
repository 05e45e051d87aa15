// The page: what the address after # names is shown, below the same head.

import * as api from "./api.js";
import {
  Accounts,
  AccountView,
  Block,
  Blocks,
  Names,
  NameView,
  Peers,
  PeerView,
  TransactionView,
} from "./explorer.js";
import { listen, live, start } from "./live.js";
import { Overview } from "./overview.js";
import { html, render, useEffect, useState } from "./preact.js";
import { Query } from "./query.js";
import { placeOf } from "./search.js";

const LINKS = [
  ["", "Overview"],
  ["blocks", "Blocks"],
  ["accounts", "Accounts"],
  ["peers", "Peers"],
  ["names", "Names"],
  ["query", "Query"],
];

/** [list, one of it] by the first word of the address. */
const VIEWS = new Map([
  ["blocks", [Blocks, Block]],
  ["transactions", [null, TransactionView]],
  ["accounts", [Accounts, AccountView]],
  ["peers", [Peers, PeerView]],
  ["names", [Names, NameView]],
  ["query", [Query, null]],
]);

/** A part of an address as it is meant; one that means nothing as it stands. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What the address after # says. */
function place() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [part = "", id] = path.split("/").map(decoded);
  const parameters = new URLSearchParams(search);
  const offset = /^\d{1,15}$/.test(parameters.get("offset") ?? "")
    ? Number(parameters.get("offset"))
    : null;
  return { part, id, offset, address: parameters.get("address") };
}

function Search() {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    try {
      const found = await placeOf(text.trim());
      setProblem(found === null ? `There is no '${text.trim()}' here` : null);
      if (found !== null) location.hash = found;
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`
    <form role="search" onSubmit=${submit}>
      <input type="search" aria-label="Account, block, key, hash or name" placeholder="#12, block, key, hash, name"
        value=${text} onInput=${(event) => setText(event.target.value)} />
      <button>Find</button>
      ${problem !== null && html`<span class="bad" role="alert">${problem}</span>`}
    </form>
  `;
}

function Head({ part }) {
  return html`
    <header>
      <a class="skip" href="#main" onClick=${(event) => {
        event.preventDefault();
        document.querySelector("main").focus();
      }}>Skip to content</a>
      <a class="brand" href="#/">Convex peer</a>
      <nav aria-label="Parts">
        ${LINKS.map(
          ([path, name]) =>
            html`<a href=${`#/${path}`} aria-current=${part === path ? "page" : undefined}>${name}</a>`,
        )}
        <a href="/swagger">API</a>
      </nav>
      <${Search} />
    </header>
  `;
}

/** Where the operator restricts the API to those who have a token. */
function TokenForm() {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    api.token.set(text);
    start();
  };
  return html`
    <form class="card" onSubmit=${submit}>
      <p>This peer's operator asks for a token.</p>
      <label>Token <input type="password" autocomplete="off" value=${text}
        onInput=${(event) => setText(event.target.value)} /></label>
      <button>Go on</button>
    </form>
  `;
}

function Shown({ part, id, ...rest }) {
  if (part === "") return html`<${Overview} />`;
  const [list, one] = VIEWS.get(part) ?? [null, null];
  const view = id === undefined ? list : one;
  if (view === null) return html`<h1>Not found</h1><p>There is nothing at this address.</p>`;
  return html`<${view} key=${location.hash} id=${id} ...${rest} />`;
}

function Page() {
  const [at, setPlace] = useState(place());
  const [, redraw] = useState(0);
  useEffect(() => {
    const moved = () => {
      setPlace(place());
      document.querySelector("main").focus();
    };
    addEventListener("hashchange", moved);
    const stop = listen(() => redraw((count) => count + 1));
    start();
    return () => {
      removeEventListener("hashchange", moved);
      stop();
    };
  }, []);
  const wantsToken = live.trouble?.status === 401;
  return html`
    <${Head} part=${at.part} />
    <main id="main" tabindex="-1">${wantsToken ? html`<${TokenForm} />` : html`<${Shown} ...${at} />`}</main>
    <footer><a href="/explorer">Without JavaScript</a> <a href="/openapi.json">OpenAPI</a> <a href="/metrics">Metrics</a></footer>
  `;
}

render(html`<${Page} />`, document.querySelector("#page"));
