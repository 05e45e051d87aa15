// Colours of Convex Lisp: text cut into pieces, each with the kind it is shown as. Joined, the
// pieces are the text again.

const PIECES =
  /(;[^\n]*)|("(?:\\.|[^"\\])*"?)|(\\(?:newline|space|tab|return|backspace|formfeed|u[0-9a-fA-F]{4}|.))|(#\d+|0x[0-9a-fA-F]*)|(:[^\s()[\]{}",;]+)|([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![^\s()[\]{}",;]))|([()[\]{}])|([^\s()[\]{}",;\\#]+)|(\s+|.)/gs;

const KINDS = ["comment", "string", "char", "address", "keyword", "number", "bracket", "symbol"];

/** Words that begin a form which is no plain call. */
const SPECIAL = new Set(
  "def defn defmacro fn let if cond do loop recur when if-let when-let quote quasiquote for doseq query call set! deploy return halt rollback".split(
    " ",
  ),
);

/** @returns pieces as [kind, text], kind null for spaces */
export function pieces(text) {
  return [...text.matchAll(PIECES)].map((match) => {
    const at = match.slice(1).findIndex((group) => group !== undefined);
    const kind = KINDS[at] ?? null;
    return [kind === "symbol" && SPECIAL.has(match[0]) ? "special" : kind, match[0]];
  });
}
