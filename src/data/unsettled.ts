// While cells that may still change are within reach (T37: views of the arguments of a reduce),
// nothing is measured ahead of need: sizes would be those of before, and in which cases they are
// known differs between peers.

let open = 0;

/** Nests; each one is ended by an `endUnsettled`, in a finally. */
export function beginUnsettled(): void {
  open++;
}

/** Ends the innermost one; sizes are measured again when the last has ended. */
export function endUnsettled(): void {
  open--;
}

/** Whether whoever would measure a size ahead of need has to leave it. */
export function isUnsettled(): boolean {
  return open > 0;
}
