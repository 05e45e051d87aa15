// What the operating system, and the runtime for it, says no with.

/** Code of a failed call of the system, as ECONNREFUSED; empty for what has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What the system says where this user may not. */
export const DENIALS: readonly string[] = ["EACCES", "EPERM"];

/** Whether a failure is the system's refusal to this user. */
export function isDenial(error: unknown): boolean {
  return DENIALS.includes(systemCode(error));
}
