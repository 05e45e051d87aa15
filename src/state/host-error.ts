// What the reference does by letting a Java exception escape (sheet 02 T1): not a CVM error, no
// code of the CVM can catch it, and the block in which it happens has no effect at all.

export class HostError extends Error {
  readonly code = "HOST";
}
