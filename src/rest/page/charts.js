// Throughput and latency over the last minutes, drawn by uPlot.

import { CHART_SECONDS, live } from "./live.js";
import { html, useEffect, useRef } from "./preact.js";

const HEIGHT = 170;
const LINE_WIDTH = 2;
/** Seconds that "now" looks back. */
const NOW_SECONDS = 5;

/** A colour of the page's scheme as the canvas takes it. */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * [times, values] of a chart, a point a second; `figureOf` gets its transactions, delays, blocks.
 */
function points(figureOf) {
  const end = Math.floor(Date.now() / 1000);
  const times = Array.from({ length: CHART_SECONDS }, (_, i) => end - CHART_SECONDS + i);
  const bySecond = new Map(live.seconds.map(([second, ...sums]) => [second, sums]));
  return [times, times.map((second) => figureOf(...(bySecond.get(second) ?? [0, 0, 0])))];
}

function draw(element, figureOf, name) {
  const axis = { stroke: colour("--soft-ink"), grid: { stroke: colour("--line"), width: 1 } };
  const options = {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [axis, { ...axis, size: 56 }],
    series: [
      {},
      {
        label: name,
        stroke: colour("--accent"),
        fill: colour("--accent-soft"),
        width: LINE_WIDTH,
        spanGaps: true,
      },
    ],
  };
  return new globalThis.uPlot(options, points(figureOf), element);
}

function Chart({ title, figureOf, latest }) {
  const place = useRef(null);
  useEffect(() => {
    let plot = draw(place.current, figureOf, title);
    const redraw = () => {
      plot.destroy();
      plot = draw(place.current, figureOf, title);
    };
    const sizes = new ResizeObserver(() =>
      plot.setSize({ width: place.current.clientWidth, height: HEIGHT }),
    );
    sizes.observe(place.current);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    const timer = setInterval(() => plot.setData(points(figureOf)), 1_000);
    return () => {
      clearInterval(timer);
      scheme.removeEventListener("change", redraw);
      sizes.disconnect();
      plot.destroy();
    };
  }, []);
  return html`
    <section class="card">
      <h2>${title} <span class="quiet">${latest}</span></h2>
      <div ref=${place} class="chart" role="img" aria-label=${`${title}: ${latest}`}></div>
    </section>
  `;
}

/** Sums of the last seconds. */
function latest() {
  const end = Math.floor(Date.now() / 1000);
  const recent = live.seconds.filter(([second]) => second >= end - NOW_SECONDS && second < end);
  return recent.reduce(
    ([transactions, delays, blocks], [, t, d, b]) => [transactions + t, delays + d, blocks + b],
    [0, 0, 0],
  );
}

const transactionsOf = (transactions) => transactions;
const meanDelay = (_, delays, blocks) => (blocks === 0 ? null : delays / blocks);

export function Charts() {
  const [transactions, delays, blocks] = latest();
  const rate = `${(transactions / NOW_SECONDS).toFixed(1)} now`;
  const delay = blocks === 0 ? "no block now" : `${Math.round(delays / blocks)} ms now`;
  return html`
    <${Chart} title="Transactions a second" figureOf=${transactionsOf} latest=${rate} />
    <${Chart} title="From block to final, ms" figureOf=${meanDelay} latest=${delay} />
  `;
}
