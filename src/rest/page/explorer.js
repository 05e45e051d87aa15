// Blocks, transactions, accounts, peers and names.

import * as api from "./api.js";
import { Code } from "./code.js";
import { Account, Facts, Hash, Loaded, Pages, Table, useLoaded } from "./element.js";
import { ago, coins, number, time } from "./format.js";
import { html } from "./preact.js";

const PAGE = 25;
/** How often what moves is looked at again. */
const REFRESH_MS = 3_000;

/** A page of blocks, the latest one without offset; it follows the Order as that grows. */
async function pageOfBlocks(offset) {
  const from = offset ?? Math.max(0, (await api.get("blocks?limit=1")).count - PAGE);
  const { items, count } = await api.get(`blocks?offset=${from}&limit=${PAGE}`);
  return { items: items.toReversed(), count, from };
}

function BlockPages({ from, shown, count }) {
  const link = (to, words) => html`<a href=${`#/blocks?offset=${to}`}>${words}</a>`;
  return html`
    <nav class="pages" aria-label="Pages">
      ${from + shown < count && link(from + shown, "← newer")}
      <span class="quiet">${shown === 0 ? "none" : `${number(from + shown - 1)} – ${number(from)} of ${number(count)}`}</span>
      ${from > 0 && link(Math.max(0, from - PAGE), "older →")}
    </nav>
  `;
}

export function Blocks({ offset }) {
  const isLatest = offset == null;
  const state = useLoaded(() => pageOfBlocks(offset), [offset], isLatest ? REFRESH_MS : null);
  return html`
    <h1>Blocks</h1>
    <${Loaded} state=${state}>${({ items, count, from }) => html`
      <${Table} caption="Blocks of this peer's Order" columns=${["Block", "Transactions", "Peer", "Time", "Final"]}
        rows=${items.map((block) => [
          html`<a href=${`#/blocks/${block.index}`}>${number(block.index)}</a>`,
          number(block.transactionCount),
          html`<${Hash} value=${block.peer} href=${`#/peers/${block.peer}`} />`,
          time(block.timestamp),
          block.finalised ? "yes" : "not yet",
        ])} />
      <${BlockPages} from=${from} shown=${items.length} count=${count} />
    `}<//>
  `;
}

const outcome = ({ isExecuted, errorCode, result, juice }) =>
  !isExecuted
    ? html`<span class="quiet">not executed yet</span>`
    : juice === null && result === null && errorCode === null
      ? html`<span class="quiet">executed; its result is no longer kept</span>`
      : errorCode === null
        ? html`<${Code} text=${result ?? "(long)"} />`
        : html`<span class="bad">${errorCode}</span> ${result}`;

export function Block({ id, offset }) {
  const from = offset ?? 0;
  const state = useLoaded(
    () =>
      Promise.all([
        api.get(`blocks/${id}`),
        api.get(`blocks/${id}/transactions?offset=${from}&limit=${PAGE}`),
      ]),
    [id, from],
  );
  return html`
    <h1>Block ${id}</h1>
    <${Loaded} state=${state}>${([block, { items, count }]) => html`
      <${Facts} rows=${[
        ["Hash", html`<${Hash} value=${block.hash} />`],
        ["Peer", html`<${Hash} value=${block.peer} href=${`#/peers/${block.peer}`} />`],
        ["Time", time(block.timestamp)],
        ["Final", block.finalised ? "yes" : "not yet"],
      ]} />
      <${Table} caption=${`Transactions: ${count}`} columns=${["#", "Kind", "Origin", "Transaction", "Outcome", "Juice"]}
        rows=${items.map((one) => [
          html`<a href=${`#/transactions/${one.hash}`}>${one.index}</a>`,
          one.type,
          html`<${Account} address=${one.origin} />`,
          html`<${Code} text=${one.text ?? "(long)"} />`,
          outcome(one),
          number(one.juice),
        ])} />
      <${Pages} path=${`blocks/${id}`} offset=${from} limit=${PAGE} count=${count} />
    `}<//>
  `;
}

export function TransactionView({ id }) {
  const state = useLoaded(() => api.get(`tx?hash=${id}`), [id]);
  return html`
    <h1>Transaction</h1>
    <${Loaded} state=${state}>${({ position, result, tx }) => html`
      <${Facts} rows=${[
        ["Hash", html`<code>${id}</code>`],
        [
          "Place",
          html`<a href=${`#/blocks/${position[0]}`}>block ${position[0]}</a>, transaction ${position[1]}`,
        ],
        ["Origin", html`<${Account} address=${tx.value.origin} />`],
        ["Sequence", number(tx.value.sequence)],
        ["Error", result.error ?? "none"],
        ["Juice", number(result.info?.juice)],
        ["Fees", `${number(result.info?.fees)} copper`],
      ]} />
      <h2>What it does</h2>
      <pre>${api.written(tx.value)}</pre>
      <h2>Result</h2>
      <pre>${api.written(result.result)}</pre>
    `}<//>
  `;
}

export function Accounts({ offset }) {
  const from = offset ?? 0;
  const state = useLoaded(() => api.get(`accounts?offset=${from}&limit=${PAGE}`), [from]);
  return html`
    <h1>Accounts</h1>
    <${Loaded} state=${state}>${({ items, count }) => html`
      <${Table} caption="Accounts" columns=${["Account", "Kind", "Coins", "Sequence", "Memory"]}
        rows=${items.map((one) => [
          html`<${Account} address=${one.address} />`,
          one.type,
          coins(one.balance),
          number(one.sequence),
          number(one.memorySize),
        ])} />
      <${Pages} path="accounts" offset=${from} limit=${PAGE} count=${count} />
    `}<//>
  `;
}

export function AccountView({ id }) {
  const state = useLoaded(
    () =>
      Promise.all([
        api.get(`accounts/${id}`),
        api.query(`(let [e (:environment (account #${id}))] (if e (vec (keys e)) []))`, 11),
      ]),
    [id],
  );
  return html`
    <h1>Account #${id}</h1>
    <${Loaded} state=${state}>${([one, names]) => html`
      <${Facts} rows=${[
        ["Kind", one.type],
        ["Balance", `${coins(one.balance)} coins (${number(one.balance)} copper)`],
        ["Sequence", number(one.sequence)],
        ["Memory allowance", `${number(one.allowance)} bytes`],
        ["Memory size", `${number(one.memorySize)} bytes`],
        ["Key", one.key === null ? "none: an actor" : html`<code>${one.key}</code>`],
        ["Code", html`<a href=${`#/query?address=${id}`}>query as this account</a>`],
      ]} />
      <h2>Definitions</h2>
      ${
        names.errorCode === undefined && Array.isArray(names.value) && names.value.length > 0
          ? html`<ul class="names">${names.value.map((name) => html`<li><code>${name}</code></li>`)}</ul>`
          : html`<p class="quiet">None.</p>`
      }
    `}<//>
  `;
}

export function Peers({ offset }) {
  const from = offset ?? 0;
  const state = useLoaded(() => api.get(`peers?offset=${from}&limit=${PAGE}`), [from], REFRESH_MS);
  return html`
    <h1>Peers</h1>
    <${Loaded} state=${state}>${({ items, count }) => html`
      <${Table} caption="Peers registered in the State" columns=${["Peer", "Controller", "Balance, coins", "URL", "Last block"]}
        rows=${items.map((one) => [
          html`<${Hash} value=${one.key} href=${`#/peers/${one.key}`} />`,
          html`<${Account} address=${one.controller} />`,
          coins(one.balance),
          one.url ?? "–",
          ago(one.timestamp),
        ])} />
      <${Pages} path="peers" offset=${from} limit=${PAGE} count=${count} first=${1} />
    `}<//>
  `;
}

export function PeerView({ id }) {
  const state = useLoaded(() => api.get(`peers/${id}`), [id]);
  return html`
    <h1>Peer</h1>
    <p><code>${id}</code></p>
    <${Loaded} state=${state}>${(one) => html`
      <${Facts} rows=${[
        ["Controller", html`<${Account} address=${one.controller} />`],
        ["Own stake", `${coins(one.stake)} (shares)`],
        ["Delegated stake", `${coins(one["delegated-stake"])} (shares)`],
        ["Balance", `${coins(one.balance)} coins`],
        ["URL", one.metadata?.url ?? "–"],
        ["Last block", time(one.timestamp)],
      ]} />
    `}<//>
  `;
}

/** A name of the Convex Name System, as symbols have them. */
const NAME = /^[a-z][\w-]*(?:\.[\w-]+)*$/i;

export function NameView({ id }) {
  const isName = NAME.test(id);
  const state = useLoaded(
    () => (isName ? api.query(`(resolve ${id})`, 11) : Promise.resolve(null)),
    [id],
  );
  if (!isName)
    return html`<h1>Name</h1><p class="bad" role="alert">A name looks like convex.fungible.</p>`;
  return html`
    <h1>${id}</h1>
    <${Loaded} state=${state}>${({ value, errorCode }) =>
      typeof value === "number" && errorCode === undefined
        ? html`<${Facts} rows=${[["Stands for", html`<${Account} address=${value} />`]]} />`
        : html`<p class="quiet">Nobody has this name.</p>`}<//>
  `;
}

const KNOWN_NAMES =
  "convex.core convex.registry convex.fungible convex.asset convex.trust convex.multi-token asset.nft.simple asset.nft.basic asset.box torus.exchange";

export const Names = () => html`
  <h1>Names</h1>
  <p>The Convex Name System gives names to accounts and actors. Search for one above, or begin with these.</p>
  <ul class="names">
    ${KNOWN_NAMES.split(" ").map((name) => html`<li><a href=${`#/names/${name}`}><code>${name}</code></a></li>`)}
  </ul>
`;
