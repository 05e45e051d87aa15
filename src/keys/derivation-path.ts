// Derivation paths as the reference writes them: `m/44/864/0/0/0`, every level hardened, no
// apostrophes (sheet 05 §4.3). What the reference would silently read as `m`, the master key, is
// refused here with a reason.

/** Coin type 864 (SLIP-0044), account 0: the reference's default. */
export const DEFAULT_PATH = "m/44/864/0/0/0";

const PATH_LEVELS_MAX = 255;
const INDEX_MAX = 2 ** 31 - 1;

/** The message holds the path, which is no secret, and what is wrong with it. */
export class DerivationPathError extends Error {
  constructor(path: string, reason: string) {
    super(`Derivation path '${path}': ${reason}`);
  }
}

function parseLevel(path: string, level: string): number {
  if (/^\d+['hH]$/.test(level)) {
    const reason = `write the levels without apostrophes (${path.replace(/['hH]/g, "")}): every level is hardened anyway`;
    throw new DerivationPathError(
      path,
      `${reason}. The reference reads this notation as 'm', the master key`,
    );
  }
  if (!/^(?:0|[1-9]\d*)$/.test(level)) {
    const found = level === "" ? "nothing between two slashes or after the last" : `'${level}'`;
    throw new DerivationPathError(path, `expected a plain number at each level, found ${found}`);
  }
  const index = Number(level);
  if (index <= INDEX_MAX) return index;
  throw new DerivationPathError(path, `a level is at most ${INDEX_MAX}, found ${level}`);
}

/**
 * The indices of a path, without the hardening bit; none for `m`, the master key.
 * @throws DerivationPathError
 */
export function parsePath(path: string): readonly number[] {
  const [first, ...levels] = path.split("/");
  if (first !== "m") {
    throw new DerivationPathError(path, `it must begin with 'm', as ${DEFAULT_PATH} does`);
  }
  if (levels.length > PATH_LEVELS_MAX) {
    throw new DerivationPathError(path, `it has more than ${PATH_LEVELS_MAX} levels`);
  }
  return levels.map((level) => parseLevel(path, level));
}
