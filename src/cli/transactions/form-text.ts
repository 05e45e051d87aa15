// Forms as they are typed or kept in files.

import { readForms } from "../../cvm/compile/read-form.ts";
import type { Value } from "../../data/cell.ts";
import { ParseError } from "../../lang/parse-error.ts";
import { CommandError, EXIT } from "../failure.ts";
import { readInputOrPipe } from "../files/input-file.ts";

/** A peer takes less in one form. */
const FORMS_BYTES_MAX = 2 ** 24;

/** @throws CommandError */
function textOf(path: string): string {
  const bytes = readInputOrPipe(path, "the forms", FORMS_BYTES_MAX);
  return bytes.toString("utf8");
}

/**
 * All forms of arguments and of a file, in this order. @throws CommandError where one is none, or
 * there are none
 */
export function givenForms(texts: readonly string[], file: string | undefined): Value[] {
  const sources = file === undefined ? texts : [...texts, textOf(file)];
  const forms = sources.flatMap((text) => {
    try {
      return readForms(text);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      throw new CommandError(EXIT.DATAERR, `${error.message}, in: ${excerpt(text)}`);
    }
  });
  if (forms.length > 0) return forms;
  throw new CommandError(
    EXIT.USAGE,
    "A form is needed, as an argument or by --file FILE (- to pipe)",
  );
}

const EXCERPT_LENGTH = 60;

function excerpt(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length <= EXCERPT_LENGTH ? line : `${line.slice(0, EXCERPT_LENGTH)}…`;
}
