// Cells that could never be read again (T48): an Index that counts one and has no entry, or one
// under what is no key, or a child without a digit, and a Vector with not as many children as its
// count asks for. What a hand made leads to them, and a Vector of 2^32 elements. Code may make and
// use them, as in the reference; what is to last is looked through for them, when any were made.

let made = 0;

/** How many were made since the process began: when it does not change, none was. */
export function unreadableMade(): number {
  return made;
}

export function noteUnreadable(): void {
  made++;
}
