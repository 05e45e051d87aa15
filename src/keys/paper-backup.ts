// A key on one sheet of paper, as text: what brings it back, and what tells that it is the right
// one.

import { toHex } from "../crypto/hex.ts";
import { DEFAULT_PATH } from "./derivation-path.ts";
import { checksumHex } from "./public-key-text.ts";

/** What is on the paper that must stay secret: words, or the seed of a key made without words. */
export type PaperSecret =
  | {
      readonly kind: "words";
      readonly mnemonic: string;
      readonly path: string;
      /** True when the words need a passphrase of their own, which is not on the paper. */
      readonly hasPassphrase: boolean;
    }
  | { readonly kind: "seed"; readonly seed: Uint8Array };

export interface PaperBackup {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly secret: PaperSecret;
}

export const PAPER_TITLE = "Convex peer key: paper backup";
const DIGITS_PER_GROUP = 4;
const GROUPS_PER_ROW = 8;
const WORD_COLUMNS = 3;

/** Groups of four digits, eight to a row. */
export function digitRows(hex: string): string[] {
  const groups = hex.match(new RegExp(`.{1,${DIGITS_PER_GROUP}}`, "g")) ?? [];
  const rows: string[] = [];
  for (let i = 0; i < groups.length; i += GROUPS_PER_ROW) {
    rows.push(groups.slice(i, i + GROUPS_PER_ROW).join(" "));
  }
  return rows;
}

/** Numbered words in columns, top to bottom. */
export function wordRows(mnemonic: string): string[][] {
  const words = mnemonic.split(" ").map((word, i) => `${String(i + 1).padStart(2)} ${word}`);
  const height = Math.ceil(words.length / WORD_COLUMNS);
  return Array.from({ length: height }, (_, row) => words.filter((_word, i) => i % height === row));
}

/** What the reader of the paper must know, a sentence a line. */
export function paperNotes(secret: PaperSecret): string[] {
  const warning = "Whoever reads this sheet has the key. Keep it dry, locked up and offline.";
  if (secret.kind === "seed") {
    return [
      warning,
      "Back: write the digits to a file, then",
      "convex-peer key import --seed-file FILE",
    ];
  }
  const { path, hasPassphrase } = secret;
  const option = path === DEFAULT_PATH ? "" : ` --path ${path}`;
  return [
    warning,
    ...(hasPassphrase ? ["The words also need their passphrase, which is not on this sheet."] : []),
    `Words: BIP39, English. Derivation: SLIP-0010, Ed25519, ${path}.`,
    `Back: convex-peer key recover${option}`,
    `Test: convex-peer key check${option}`,
  ];
}

/** The sheet as plain text. */
export function paperText(backup: PaperBackup): string {
  const { secret } = backup;
  const heading = secret.kind === "words" ? "Words" : "Seed";
  const secretRows =
    secret.kind === "words"
      ? wordRows(secret.mnemonic).map((row) =>
          row
            .map((cell) => cell.padEnd(16))
            .join("")
            .trimEnd(),
        )
      : digitRows(toHex(secret.seed));
  const indented = (rows: readonly string[]) => rows.map((row) => `  ${row}`);
  return [
    PAPER_TITLE,
    "",
    `Date        ${backup.date}`,
    `Public key  ${toHex(backup.publicKey)}`,
    "",
    "Public key with checksum",
    ...indented(digitRows(checksumHex(backup.publicKey))),
    "",
    heading,
    ...indented(secretRows),
    "",
    ...paperNotes(secret),
    "",
  ].join("\n");
}
