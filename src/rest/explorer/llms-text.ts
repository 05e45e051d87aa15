// /llms.txt: what a language model that comes across this peer should know (sheet 05 §1.12).

import { toHex } from "../../crypto/hex.ts";
import type { PeerApi } from "../../peer/peer-api.ts";

export interface LlmsFacts {
  /** Address of the API without path. */
  readonly baseUrl: string;
  readonly hasFaucet: boolean;
  /** Whether there is an MCP server. */
  readonly hasMcp: boolean;
}

/** The text, in Markdown. */
export function llmsText(peer: PeerApi, { baseUrl, hasFaucet, hasMcp }: LlmsFacts): string {
  const { genesis, peer: key } = peer.status();
  const lines = [
    "# Convex peer",
    "",
    "> A peer of a Convex network: accounts, coins and code in Convex Lisp, by HTTP.",
    "",
    `- Network (genesis hash): ${toHex(genesis)}`,
    `- Peer key: ${toHex(key)}`,
    `- REST API: ${baseUrl}/api/v1/ described by ${baseUrl}/openapi.json`,
    ...(hasMcp ? [`- MCP server (streamable HTTP): ${baseUrl}/mcp; ask it for its tools`] : []),
    `- Explorer: ${baseUrl}/explorer`,
    `- Faucet: ${hasFaucet ? "on; coins of this network are free for tests" : "none"}`,
    "",
    "## How to use it",
    "",
    '- Read: POST api/v1/query with {"source":"(balance #13)"}; nothing is signed or paid.',
    '- Write: POST api/v1/transaction/prepare with {"address":12,"source":"(transfer #13 100)"},',
    "  sign the bytes of `hash` with the account's Ed25519 key, and POST hash, accountKey and sig to",
    "  api/v1/transaction/submit. The key stays with you.",
    "- Amounts are in copper: 1,000,000,000 copper are one Convex coin.",
    "- Addresses are written #12; names such as convex.fungible are resolved by @convex.fungible.",
    "- An answer with an errorCode is an error of the code or of the network, with status 200.",
    "",
  ];
  return lines.join("\n");
}
