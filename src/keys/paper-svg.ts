// The paper backup as one A4 page: SVG, which every browser prints. One code shows the public key,
// to compare without typing; a second one with the secret is drawn only when asked for, since a
// camera that reads it has the key.

import encodeQR from "qr";
import { toHex } from "../crypto/hex.ts";
import { digitRows, PAPER_TITLE, type PaperBackup, paperNotes, wordRows } from "./paper-backup.ts";
import { checksumHex } from "./public-key-text.ts";

/** Millimetres of an A4 page. */
const PAGE = { width: 210, height: 297, margin: 20 } as const;
const CODE_SIZE = 50;
const COLUMN_WIDTH = 58;
const FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

function line(x: number, y: number, size: number, text: string): string {
  return `<text x="${x}" y="${y}" font-size="${size}">${text}</text>`;
}

function lines(x: number, y: number, size: number, rows: readonly string[]): string {
  return rows.map((row, i) => line(x, y + i * size * 1.5, size, row)).join("\n");
}

/** A code of the text, with its upper left corner at (x, y), as one path. */
function code(x: number, y: number, text: string): string {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const scale = CODE_SIZE / modules.length;
  const squares = modules.flatMap((row, j) =>
    row.flatMap((isDark, i) => (isDark ? [`M${i} ${j}h1v1h-1z`] : [])),
  );
  const place = `translate(${x} ${y}) scale(${scale.toFixed(4)})`;
  return `<path transform="${place}" shape-rendering="crispEdges" d="${squares.join("")}"/>`;
}

/**
 * The page; every text on it is made of words, digits and our own sentences, so nothing needs
 * escaping.
 */
export function paperSvg(backup: PaperBackup, options: { readonly secretCode: boolean }): string {
  const { secret, publicKey } = backup;
  const left = PAGE.margin;
  const right = PAGE.width - PAGE.margin - CODE_SIZE;
  const checksum = checksumHex(publicKey);
  const secretText = secret.kind === "words" ? secret.mnemonic : toHex(secret.seed);
  const columns =
    secret.kind === "words"
      ? wordRows(secret.mnemonic).flatMap((row, j) =>
          row.map((cell, i) => line(left + i * COLUMN_WIDTH, 128 + j * 8, 5, cell)),
        )
      : [lines(left, 128, 5, digitRows(secretText))];
  const secretCode = options.secretCode
    ? [
        code(left, 236, secretText),
        line(left + CODE_SIZE + 5, 262, 4, "The secret as a code: show it to no camera"),
        line(left + CODE_SIZE + 5, 268, 4, "that is not yours alone."),
      ]
    : [];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE.width}mm" height="${PAGE.height}mm" viewBox="0 0 ${PAGE.width} ${PAGE.height}" font-family="${FONT}" xml:space="preserve">`,
    `<rect width="${PAGE.width}" height="${PAGE.height}" fill="#fff"/>`,
    line(left, 30, 7, PAPER_TITLE),
    line(left, 42, 4, `Date ${backup.date}`),
    line(left, 54, 4, "Public key"),
    lines(left, 62, 4.5, digitRows(checksum)),
    code(right, 40, checksum),
    line(right, 96, 3.5, "the public key"),
    line(left, 116, 4, secret.kind === "words" ? "Words" : "Seed"),
    ...columns,
    ...secretCode,
    lines(left, 202, 3.8, paperNotes(secret)),
    "</svg>",
    "",
  ].join("\n");
}
