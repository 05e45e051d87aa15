// Whether there are cells that may still change: views of the arguments of a running reduce (T37).
// While there are, no size is measured before it is needed: it could become wrong, and which sizes
// are known differs between peers.

let open = 0;

/** Nests: each call needs an `endUnsettled`, in a finally. */
export function beginUnsettled(): void {
  open++;
}

/** Ends the innermost `beginUnsettled`. */
export function endUnsettled(): void {
  open--;
}

/** Whether sizes must not be measured before they are needed. */
export function isUnsettled(): boolean {
  return open > 0;
}
