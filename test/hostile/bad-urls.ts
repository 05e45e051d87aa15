/** Addresses that no peer can be reached at, published as a peer's own. */
export const BAD_URLS = [
  "tcp://127.0.0.1:0",
  "tcp://127.0.0.1:99999999999",
  "tcp://127.0.0.1:-1",
  "tcp://[::1",
  "tcp://127.0.0.1:1",
  "127.0.0.1:1e3",
  "tcp://localhost:080 80",
  "file:///etc/passwd",
  "\\u0000:18888",
  `tcp://${"a".repeat(2_000)}:18888`,
];
