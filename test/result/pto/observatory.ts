/** What an observatory has of one file. */
export interface Stored {
  metadata: Record<string, unknown>;
  data: Uint8Array | null;
}

/** One request that came in. */
export interface ReceivedRequest {
  readonly line: string;
  readonly key: string | null;
  readonly type: string | null;
  readonly length: string | null;
}

/** Overrides the observatory's answers; undefined leaves it to the observatory. */
export type Instead = (seen: ReceivedRequest, count: number) => Response | undefined;

/**
 * An observatory on the loopback that implements the PTO's API: a campaign must be there, data is
 * taken once only and only under its file type's media type, and the answer tells its size.
 */
export class Observatory implements AsyncDisposable {
  readonly seen: ReceivedRequest[] = [];
  readonly files = new Map<string, Stored>();
  readonly key = "s3cret-key";
  instead: Instead = () => undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  readonly #scheme: "http" | "https";

  /** @param tls its certificate and key, PEM; without them it speaks plain HTTP */
  constructor(tls?: { readonly cert: string; readonly key: string }) {
    this.#scheme = tls === undefined ? "http" : "https";
    const where = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve({ ...where, ...tls }, (request) => this.#handle(request));
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The lines of the requests that came in. */
  get lines(): string[] {
    return this.seen.map(({ line }) => line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const seen = {
      line: `${request.method} ${pathname}`,
      key: request.headers.get("authorization"),
      type: request.headers.get("content-type"),
      length: request.headers.get("content-length"),
    };
    this.seen.push(seen);
    const count = this.lines.filter((line) => line === seen.line).length;
    const octets = new Uint8Array(await request.arrayBuffer());
    const instead = this.instead(seen, count);
    if (instead !== undefined) return instead;
    if (seen.key !== `APIKEY ${this.key}`) return new Response("who?", { status: 401 });
    const [, campaign, name, data] = /^\/raw\/([^/]+)\/([^/]+)(\/data)?$/.exec(pathname) ?? [];
    if (campaign !== "spring") return new Response(`${campaign} not found`, { status: 404 });
    const stored = this.files.get(name!);
    if (request.method === "PUT" && data === undefined) {
      if (seen.type !== "application/json") return new Response("not JSON", { status: 415 });
      const metadata = JSON.parse(new TextDecoder().decode(octets));
      this.files.set(name!, { metadata, data: stored?.data ?? null });
      return this.#describe(name!, 201);
    }
    if (stored === undefined) return new Response(`${name} not found`, { status: 404 });
    if (data === undefined) return this.#describe(name!, 200);
    if (stored.data !== null) return new Response("data is there", { status: 403 });
    if (seen.type !== "application/bzip2") return new Response("wrong type", { status: 400 });
    stored.data = octets;
    return this.#describe(name!, 201);
  }

  #describe(name: string, status: number): Response {
    const { metadata, data } = this.files.get(name)!;
    const virtual = {
      __data: `${this.origin}/raw/spring/${name}/data`,
      __data_size: data?.length ?? 0,
    };
    return Response.json({ ...metadata, ...virtual }, { status });
  }
}
