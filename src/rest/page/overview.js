// The first view: is all well, where does consensus stand, what goes on.

import { alerts } from "./alerts.js";
import * as api from "./api.js";
import { Charts } from "./charts.js";
import { Facts, Hash, Loaded, Table, useLoaded } from "./element.js";
import { ago, bytes, coins, duration, number } from "./format.js";
import { live } from "./live.js";
import { html } from "./preact.js";

const PEERS_SHOWN = 20;
const PEERS_REFRESH_MS = 3_000;
const BLOCKS_SHOWN = 8;
const LEVELS = ["Known", "Proposed", "In consensus", "Final"];

function Health() {
  const { health } = live;
  const found = alerts(live);
  const word = health === null ? "…" : health.status;
  const kind = word === "ready" ? "good" : word === "syncing" ? "warn" : word === "…" ? "" : "bad";
  return html`
    <section class="card" aria-live="polite">
      <h2>Health</h2>
      <p class=${`state ${kind}`}>${word}</p>
      ${found.length === 0 && health !== null && html`<p class="quiet">No alerts.</p>`}
      <ul class="alerts">${found.map(([severity, text]) => html`<li class=${severity}>${text}</li>`)}</ul>
      ${
        health !== null &&
        html`<${Facts} rows=${[
          ["Role", health.role],
          ["Behind", duration(health.secondsBehind)],
          ["Connected peers", number(health.peers)],
          ["Blocks executed", number(health.position)],
        ]} />`
      }
    </section>
  `;
}

/** Each level as far as it is from the furthest. */
function Levels() {
  const levels = live.status?.consensus ?? [0, 0, 0, 0];
  const top = Math.max(1, ...levels);
  const window = Math.max(20, top - Math.min(...levels));
  return html`
    <section class="card">
      <h2>Consensus <span class="quiet">blocks of this peer's Order</span></h2>
      ${LEVELS.map((name, i) => {
        const filled = 1 - (top - levels[i]) / window;
        return html`
          <div class="level">
            <span>${name}</span>
            <progress max="1" value=${Math.max(0, filled)} aria-label=${`${name}: ${levels[i]}`}></progress>
            <strong>${number(levels[i])}</strong>
          </div>
        `;
      })}
    </section>
  `;
}

function Network() {
  const { status } = live;
  if (status === null) return null;
  return html`
    <section class="card">
      <h2>Network</h2>
      <${Facts} rows=${[
        ["Peer key", html`<${Hash} value=${status.peer} href=${`#/peers/${status.peer}`} />`],
        ["Genesis", html`<${Hash} value=${status.genesis} />`],
        ["State", html`<${Hash} value=${status.state} />`],
        ["Belief", html`<${Hash} value=${status.belief} />`],
        ["Accounts", number(live.figures?.get("convex_accounts"))],
      ]} />
    </section>
  `;
}

function Store() {
  const figure = (name) => live.figures?.get(name) ?? null;
  if (live.figures === null) {
    return html`<section class="card"><h2>Store</h2><p class="quiet">Figures are not open here.</p></section>`;
  }
  const started = figure("process_start_time_seconds");
  return html`
    <section class="card">
      <h2>Store and process</h2>
      <${Facts} rows=${[
        ["On disk", bytes(figure("convex_store_bytes"))],
        ["Write-ahead log", bytes(figure("convex_store_wal_bytes"))],
        ["Cells in memory", bytes(figure("convex_store_held_bytes"))],
        ["Disk free", bytes(figure("convex_disk_free_bytes"))],
        ["Process memory", bytes(figure("process_resident_memory_bytes"))],
        ["Running for", started === null ? "–" : duration(Date.now() / 1000 - started)],
      ]} />
    </section>
  `;
}

function LatestBlocks() {
  const rows = live.blocks
    .slice(0, BLOCKS_SHOWN)
    .map(({ index, peer, transactionCount, timestamp }) => [
      html`<a href=${`#/blocks/${index}`}>${number(index)}</a>`,
      number(transactionCount),
      html`<${Hash} value=${peer} href=${`#/peers/${peer}`} />`,
      ago(timestamp),
    ]);
  return html`
    <section class="card wide">
      <${Table} caption="Latest blocks" columns=${["Block", "Transactions", "Peer", "When"]} rows=${rows} />
      <p><a href="#/blocks">All blocks</a></p>
    </section>
  `;
}

function Stakes() {
  const state = useLoaded(
    () => api.get(`peers?limit=${PEERS_SHOWN}`),
    [live.status?.genesis],
    PEERS_REFRESH_MS,
  );
  return html`
    <section class="card wide">
      <${Loaded} state=${state}>${({ items, count }) => {
        const total = items.reduce((sum, { balance }) => sum + Number(balance), 0);
        const rows = items
          .toSorted((a, b) => Number(b.balance) - Number(a.balance))
          .map(({ key, balance, url, timestamp }) => [
            html`<${Hash} value=${key} href=${`#/peers/${key}`} />`,
            html`<meter min="0" max="1" value=${total === 0 ? 0 : Number(balance) / total}></meter> ${coins(balance)}`,
            url ?? "–",
            ago(timestamp),
          ]);
        return html`
          <${Table} caption=${`Peers: ${count}`} columns=${["Peer", "Stake, coins", "URL", "Last block"]} rows=${rows} />
          <p><a href="#/peers">All peers</a></p>
        `;
      }}<//>
    </section>
  `;
}

export const Overview = () => html`
  <h1>Overview</h1>
  <div class="cards">
    <${Health} /><${Levels} /><${Charts} /><${Network} /><${Store} /><${LatestBlocks} /><${Stakes} />
  </div>
`;
