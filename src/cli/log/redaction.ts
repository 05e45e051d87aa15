// Secrets have no business in a log. Nothing of ours writes any; what others hand over (headers,
// bodies, errors of libraries) may repeat one.

const BLOT = "[secret]";

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, BLOT],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${BLOT}`],
  [
    /(["']?\b(?:seed|passphrase|password|mnemonic|secret|token|private[-_]?key)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    `$1${BLOT}`,
  ],
];

/** The text with what looks like a secret blotted out. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((kept, [pattern, by]) => kept.replace(pattern, by), text);
}
