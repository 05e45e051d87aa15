// Why a genesis State could not be made: keys that make none, or a library of ours that fails.

export class GenesisError extends Error {
  readonly code = "GENESIS";
}
