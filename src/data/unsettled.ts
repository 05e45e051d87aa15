// While cells that may still change are within reach (T37: views of the arguments of a reduce),
// nothing is measured ahead of need: sizes would be those of before, and in which cases they are
// known differs between peers.

let open = 0;

export function beginUnsettled(): void {
  open++;
}

export function endUnsettled(): void {
  open--;
}

export function isUnsettled(): boolean {
  return open > 0;
}
