// Colours for terminals; none elsewhere, nor with NO_COLOR.

import { isScreen } from "./screen.ts";

const isColoured = isScreen(process.stdout) && (process.env.NO_COLOR ?? "") === "";

function style(open: number, close: number): (text: string) => string {
  return (text) => (isColoured ? `\x1b[${open}m${text}\x1b[${close}m` : text);
}

export const paint = {
  bold: style(1, 22),
  dim: style(2, 22),
  red: style(31, 39),
  yellow: style(33, 39),
} as const;
