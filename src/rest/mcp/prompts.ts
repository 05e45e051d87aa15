// Prompts: beginnings of conversations that a client may offer to its user.

interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly { name: string; description: string; required: boolean }[];
  /** With `${name}` where an argument goes. */
  readonly text: string;
}

const BASICS = [
  "Convex is a network of peers that agree on one State: accounts named by Addresses such as #12,",
  "with coins (counted in copper, 1,000,000,000 to the coin), definitions and code in Convex Lisp.",
  "Queries are free and change nothing. Transactions are signed with the account's Ed25519 key: make",
  "one with 'prepare', have its 'hash' signed by whoever holds the key, and 'submit' it. Never ask a",
  "user for a seed or mnemonic.",
].join("\n");

const PROMPTS: readonly Prompt[] = [
  {
    name: "explore-account",
    title: "Explore an account",
    description: "What an account is, has and defines, and what that is good for.",
    arguments: [
      { name: "address", description: "Address such as '#42', or a CNS name", required: true },
    ],
    text: `${BASICS}\n
Describe the account \${address}. Use 'describeAccount' for balance, key and definitions, 'lookup' for
those of its symbols that tell most, and 'resolveCNS' when it was given by name. An account without key
is an actor: say what its callable functions do, as far as their metadata or code show it. Say plainly
what you could not find out.`,
  },
  {
    name: "network-status",
    title: "Status of the network",
    description: "How this peer and its network are doing.",
    arguments: [],
    text: `${BASICS}\n
Report on the network as this peer sees it. Use 'peerStatus' (the consensus points count blocks: known,
proposed, in consensus, final; they are equal when nothing is under way), 'queryState' with [:peers] and
[:globals], and 'query' with (coin-supply) and *juice-price*. Name the network by the first eight
digits of its genesis hash. Keep it short, and point out what looks wrong.`,
  },
  {
    name: "convex-guide",
    title: "Guide to Convex Lisp",
    description: "Explains a topic with examples that are run on this peer.",
    arguments: [
      { name: "topic", description: "e.g. accounts, actors, tokens, errors", required: true },
    ],
    text: `${BASICS}\n
Explain this topic to somebody who knows how to program but not Convex: \${topic}. Give short examples
and run each with 'query' before you show it, with the result it really had. The documentation of a core
function is in its metadata: 'lookup' with address @convex.core.`,
  },
  {
    name: "transfer-funds",
    title: "Transfer coins",
    description: "Prepares a transfer for the user to sign.",
    arguments: [
      { name: "from", description: "Address that pays", required: true },
      { name: "to", description: "Address that receives", required: true },
      { name: "amount", description: "Copper", required: true },
    ],
    text: `${BASICS}\n
The user wants to transfer \${amount} copper from \${from} to \${to}. Check with 'describeAccount' that
both accounts exist and that the first has enough, with some copper left for juice. Then call 'prepare'
with the source (transfer \${to} \${amount}) and show the user what it does and the hash to be signed.
Submit it only with the signature that the user gives you, and report the result and its place.`,
  },
  {
    name: "deploy-contract",
    title: "Deploy an actor",
    description: "Checks an actor's code and prepares its deployment for the user to sign.",
    arguments: [
      { name: "source", description: "Code of the actor", required: true },
      { name: "address", description: "Address that deploys it", required: true },
    ],
    text: `${BASICS}\n
The user wants to deploy this actor from \${address}:\n
\${source}\n
Read it critically first: who may call what, what happens to coins it accepts, who controls it. Try it
with 'query', as (deploy '...) has no effect there. Then 'prepare' the deployment and show the user
what it does, what it costs, and the hash to be signed. Submit it only with the user's signature.`,
  },
];

/** What `prompts/list` answers. */
export const PROMPT_LIST = PROMPTS.map(({ text: _, ...prompt }) => ({
  ...prompt,
  arguments: [...prompt.arguments],
}));

/**
 * A prompt with its arguments in place; those left out stand as they are. Null for an unknown one.
 */
export function promptText(
  name: string,
  given: Readonly<Record<string, string>>,
): { readonly description: string; readonly text: string } | null {
  const prompt = PROMPTS.find((one) => one.name === name);
  if (prompt === undefined) return null;
  const text = prompt.text.replace(/\$\{(\w+)\}/g, (whole, key: string) => given[key] ?? whole);
  return { description: prompt.description, text };
}
