// Where what somebody looks for is shown.

import * as api from "./api.js";

const KEY = /^(?:0x)?[0-9a-f]{64}$/i;
const NAME = /^[a-z][\w-]*(?:\.[\w-]+)*$/i;

/** Whether the peer has it; other failures are the caller's. */
async function exists(path) {
  try {
    await api.get(path);
    return true;
  } catch (error) {
    if (error.status === 404 || error.status === 400) return false;
    throw error;
  }
}

/** The place of an account, key, hash or name; null when there is none. */
export async function placeOf(text) {
  const account = /^#?(\d{1,15})$/.exec(text);
  if (account !== null) {
    return (await exists(`accounts/${account[1]}`)) ? `/accounts/${account[1]}` : null;
  }
  if (KEY.test(text)) {
    if (await exists(`peers/${text}`)) return `/peers/${text}`;
    return (await exists(`tx?hash=${text}`)) ? `/transactions/${text}` : null;
  }
  return NAME.test(text) ? `/names/${text}` : null;
}
