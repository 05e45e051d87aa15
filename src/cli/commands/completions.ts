// `completions`: scripts that make shells complete commands and flags. Where nothing of ours fits,
// files are offered: most values are files.

import { buildCommand } from "@stricli/core";
import { guarded } from "../failure.ts";

const BASH = `# convex-peer completions for bash
_convex_peer() {
  local IFS=$'\\n' line words=()
  for line in $(convex-peer __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    words+=("\${line%%$'\\t'*}")
  done
  COMPREPLY=("\${words[@]}")
}
complete -o default -F _convex_peer convex-peer
`;

const ZSH = `#compdef convex-peer
# convex-peer completions for zsh
_convex_peer() {
  local -a proposals
  local line
  for line in "\${(@f)$(convex-peer __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#proposals} )); then
    _describe 'convex-peer' proposals
  else
    _files
  fi
}
compdef _convex_peer convex-peer
`;

const FISH = `# convex-peer completions for fish
function __convex_peer_complete
    set -l words (commandline -opc) (commandline -ct)
    convex-peer __complete $words[2..-1] 2>/dev/null
end
complete -c convex-peer -a '(__convex_peer_complete)'
`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as readonly Shell[];

/** @throws Error naming the shells */
function parseShell(text: string): Shell {
  const shell = SHELLS.find((each) => each === text);
  if (shell !== undefined) return shell;
  throw new Error(`expected ${SHELLS.join(", ")}, found '${text}'`);
}

export const completionsCommand = buildCommand({
  docs: {
    brief: "Script for a shell that completes commands and flags",
    fullDescription: [
      "Prints a script to be read by the shell:",
      "  bash: convex-peer completions bash > ~/.local/share/bash-completion/completions/convex-peer",
      "  zsh:  convex-peer completions zsh > a file _convex-peer in a folder of $fpath",
      "  fish: convex-peer completions fish > ~/.config/fish/completions/convex-peer.fish",
    ].join("\n"),
  },
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: parseShell,
          placeholder: "SHELL",
          brief: SHELLS.join(", "),
          proposeCompletions: (partial: string) =>
            SHELLS.filter((shell) => shell.startsWith(partial)),
        },
      ],
    },
  },
  func: (_flags: object, shell: Shell) =>
    guarded(async () => {
      process.stdout.write(SCRIPTS[shell]);
    }),
});
