/** Breaks the connection of an answer whose body ends with it. */
export class Torn extends Error {}

/** What a stand-in answers to one request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** The id of its one measurement. */
export const ID = "63962a7caf0e9ff4b7a02e01";

/** That measurement, as a server describes it. */
export function described(state: string, more: object = {}): object {
  const targets = { all: 2, done: state === "completed" ? 2 : 0, skipped: 0 };
  return { id: ID, state, spider: "mss", problem: null, next: null, targets, ...more };
}

/** Server-sent events as text. */
export function events(
  ...all: (readonly [id: number | null, type: string, data: object])[]
): string {
  return all.map(([id, type, data]) =>
    `${id === null ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
  ).join("");
}

/** An answer that is a stream of events. */
export function stream(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body as BodyInit, { headers: { "content-type": "text/event-stream" } });
}

const MSS = {
  name: "mss",
  version: "1.0.0",
  summary: "MSS",
  references: [],
  connect: ["tcp"],
  needs: "address",
  conditions: { "mss.seen": "it was seen" },
  arms: ["plain"],
  flags: {},
};

/** Two results. */
export const RESULTS = ["192.0.2.1", "192.0.2.2"].map((dip) =>
  JSON.stringify({ dip, conditions: ["mss.seen"] })
);

/** A server of one measurement of two targets, which answers some requests otherwise. */
export class StandIn implements AsyncDisposable {
  /** What was asked: method, path and query. */
  readonly asked: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param instead by method and path */
  constructor(instead: Readonly<Record<string, Answer>> = {}) {
    const usual: Readonly<Record<string, Answer>> = {
      "GET /spiders": () => Response.json({ spiders: [{ name: "mss" }] }),
      "GET /spiders/mss": () => Response.json(MSS),
      "POST /measurements": () => Response.json(described("queued"), { status: 202 }),
      [`GET /measurements/${ID}`]: () => Response.json(described("completed")),
      [`GET /measurements/${ID}/events`]: () =>
        stream(events([1, "started", {}], [2, "ended", { state: "completed" }])),
      [`GET /measurements/${ID}/results`]: () => new Response(`${RESULTS.join("\n")}\n`),
      [`POST /measurements/${ID}/stop`]: () => Response.json(described("stopped"), { status: 202 }),
    };
    const onError = (error: unknown) => {
      if (!(error instanceof Torn)) console.error(error);
      return new Response(null, { status: 500 });
    };
    const place = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    this.#server = Deno.serve({ ...place, onError }, (request) => {
      const { pathname, search } = new URL(request.url);
      this.asked.push(`${request.method} ${pathname}${search}`);
      const name = `${request.method} ${pathname}`;
      const answer = instead[name] ?? usual[name];
      return answer?.(request) ?? Response.json({ detail: `nothing at ${name}` }, { status: 404 });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
