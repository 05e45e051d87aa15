// Where releases come from and whose signature they need: given to the build, so that a fork has
// its own.

declare const CONVEX_RELEASE_KEY: string | undefined;
declare const CONVEX_RELEASE_URL: string | undefined;

/** Base64 of the Ed25519 key that signs releases; null in a build that was given none. */
export const RELEASE_KEY: string | null =
  typeof CONVEX_RELEASE_KEY === "string" ? CONVEX_RELEASE_KEY : null;

/** Address under which releases lie; null in a build that was given none. */
export const RELEASE_URL: string | null =
  typeof CONVEX_RELEASE_URL === "string" ? CONVEX_RELEASE_URL : null;
