// What the operator can do for a peer that lacks others.

import type { NamedHostReport } from "../../peer/operator/operator-commands.ts";
import type { Lack } from "../../peer/rounds/standing.ts";

const CONNECT = "`convex-peer peers connect HOST:PORT`";
const OTHERS = `See that the others run (\`convex-peer peers list\` has those connected), and connect to the rest: ${CONNECT}`;
/** What is connected so is forgotten at the next start. */
const FOR_GOOD = "; start it with --join HOST:PORT[,…] where they have published no addresses";
const RESTORED = "Restored from a backup, this peer votes only when it has heard the others";

/** What a peer tells of how it comes by others; peers of earlier versions tell less. */
export interface LackFacts {
  readonly lack?: Lack | null | undefined;
  /** Number of peers and hosts banned. */
  readonly banned?: number;
  readonly namedHosts?: readonly NamedHostReport[];
}

function wordAdvice(named: readonly NamedHostReport[]): string {
  if (named.length === 0)
    return `${RESTORED}: start it with --join HOST:PORT, or name one with ${CONNECT}`;
  const hosts = named.map(({ address }) => address).join(", ");
  if (named.some(({ isConnected }) => isConnected)) {
    return `${RESTORED}; where those named (${hosts}) are not enough, name more with ${CONNECT}`;
  }
  return `${RESTORED}, and no host named answers yet (${hosts}): see that they run and can be reached, or name another with ${CONNECT}`;
}

function bansAdvice(banned: number): string {
  if (banned === 0) return "";
  const who = banned === 1 ? "One peer or host is" : `${banned} peers or hosts are`;
  return `. ${who} banned: \`convex-peer peers bans\` says who, \`convex-peer peers unban\` lifts a ban`;
}

/** Null when there is nothing to do. */
export function lackAdvice({ lack, banned = 0, namedHosts = [] }: LackFacts): string | null {
  if (lack == null) return null;
  const othersAdvice = namedHosts.length === 0 ? OTHERS + FOR_GOOD : OTHERS;
  return (lack === "others" ? othersAdvice : wordAdvice(namedHosts)) + bansAdvice(banned);
}
