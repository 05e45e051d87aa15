// A small S3-compatible service on loopback: objects in memory, whole and in several parts;
// requests without a signature are refused.

const PORT_FREE = 0;

export class BucketServer {
  readonly objects = new Map<string, Uint8Array>();
  /** Number of objects written. */
  writes = 0;
  readonly #parts = new Map<string, Map<number, Uint8Array>>();
  readonly #server: Bun.Server<undefined>;

  constructor() {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: PORT_FREE,
      fetch: (request) => this.#answer(request),
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  stop(): void {
    this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const key = decodeURIComponent(pathname.slice(1));
    const signature = request.headers.get("authorization") ?? "";
    if (!signature.startsWith("AWS4-HMAC-SHA256 Credential=tester/")) return refused(403);
    const body = new Uint8Array(await request.arrayBuffer());
    const upload = searchParams.get("uploadId");
    switch (request.method) {
      case "PUT":
        if (upload !== null) this.#part(upload, Number(searchParams.get("partNumber")), body);
        else this.#put(key, body);
        return new Response(null, { headers: { etag: `"${body.length}"` } });
      case "POST":
        return this.#multipart(key, upload);
      case "HEAD":
      case "GET":
        return this.#get(key, request.method === "HEAD");
      default:
        return refused(405);
    }
  }

  #put(key: string, body: Uint8Array): void {
    this.writes++;
    this.objects.set(key, body);
  }

  #part(upload: string, number: number, body: Uint8Array): void {
    const parts = this.#parts.get(upload) ?? new Map<number, Uint8Array>();
    this.#parts.set(upload, parts.set(number, body));
  }

  #multipart(key: string, upload: string | null): Response {
    if (upload === null) {
      const id = `upload-${this.#parts.size}`;
      const result = `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`;
      return new Response(result, { headers: { "content-type": "application/xml" } });
    }
    const parts = [...(this.#parts.get(upload) ?? [])].sort(([a], [b]) => a - b);
    this.#put(key, Buffer.concat(parts.map(([, body]) => body)));
    return new Response("<CompleteMultipartUploadResult/>");
  }

  #get(key: string, isHead: boolean): Response {
    const body = this.objects.get(key);
    if (body === undefined) return refused(404);
    const headers = { "content-length": String(body.length), etag: `"${body.length}"` };
    return new Response(isHead ? null : Buffer.from(body), { headers });
  }
}

function refused(status: number): Response {
  const codes: Readonly<Record<number, string>> = { 403: "AccessDenied", 404: "NoSuchKey" };
  return new Response(`<Error><Code>${codes[status] ?? "Error"}</Code></Error>`, { status });
}
