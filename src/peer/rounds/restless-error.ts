/**
 * What was to be done between two passes can't be done: the peer has left consensus, or can't
 * write. The message says why.
 */
export class RestlessError extends Error {
  readonly code = "RESTLESS";
}
