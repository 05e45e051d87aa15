// How the page writes amounts, times and hashes.

const COPPER_PER_COIN = 1_000_000_000;
const NUMBER = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const number = (value) => (value == null ? "–" : NUMBER.format(value));

/** Copper as coins. */
export function coins(copper) {
  if (copper == null) return "–";
  const value = Number(copper) / COPPER_PER_COIN;
  return value >= 1_000_000 ? SHORT.format(value) : NUMBER.format(Math.round(value * 1e4) / 1e4);
}

export function bytes(count) {
  if (count == null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(count || 1) / 3)));
  const value = count / 1000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** The beginning of a hash or key; the whole is in the title of what shows it. */
export const brief = (hex) => (hex == null ? "–" : `${hex.replace(/^0x/, "").slice(0, 12)}…`);

export function duration(seconds) {
  if (seconds == null || Number.isNaN(seconds)) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function time(timestampMs) {
  if (timestampMs == null || timestampMs < 0) return "never";
  return new Date(timestampMs).toLocaleString();
}

export function ago(timestampMs) {
  if (timestampMs == null || timestampMs < 0) return "never";
  return `${duration(Math.max(0, (Date.now() - timestampMs) / 1000))} ago`;
}
