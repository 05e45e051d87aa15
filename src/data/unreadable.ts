// Cells that could never be read again: leaves of maps and Sets whose entries are in no order, and
// an Index that counts one and has no entry (T48). Only what a hand made leads to them. Code
// may make and use them, as in the reference; what is to last is looked through for them, when any
// were made at all.

let made = 0;

/** How many were made since the process began: when it does not change, none was. */
export function unreadableMade(): number {
  return made;
}

export function noteUnreadable(): void {
  made++;
}
