// Text of a double as the network prints it (sheet 01 §17): Java's Double.toString, JDK 19 and
// later. The digits are the shortest that read back, as in JavaScript, save that a single digit
// gives way to the nearest two-digit decimal.

const PLAIN_LEAST = 1e-3;
const PLAIN_LIMIT = 1e7;

/** `1.0`, `0.001`, `1.0E7`, `4.9E-324`, `-0.0`; `##NaN`, `##Inf`, `##-Inf` for the specials. */
export function doubleText(n: number): string {
  if (Number.isNaN(n)) return "##NaN";
  if (n === Number.POSITIVE_INFINITY) return "##Inf";
  if (n === Number.NEGATIVE_INFINITY) return "##-Inf";
  if (n === 0) return Object.is(n, -0) ? "-0.0" : "0.0";
  const size = Math.abs(n);
  const text = size >= PLAIN_LEAST && size < PLAIN_LIMIT ? plainText(size) : scientificText(size);
  return n < 0 ? `-${text}` : text;
}

function plainText(size: number): string {
  // JavaScript prints plainly from 1e-6 to 1e21, and one digit is exact enough in this range.
  const text = String(size);
  return text.includes(".") ? text : `${text}.0`;
}

function scientificText(size: number): string {
  const shortest = size.toExponential();
  const text = shortest.includes(".") ? shortest : size.toExponential(1);
  return text.replace("e+", "E").replace("e", "E");
}
