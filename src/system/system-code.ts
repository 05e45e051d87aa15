// What the operating system, and the runtime for it, says no with.

/** Code of a failed call of the system, as ECONNREFUSED; empty for what has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
