import { until } from "../../until.ts";

/** A request that a receiver got. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Who gets webhooks: an HTTP server on the loopback, which answers 204 unless it is told otherwise. */
export class Receiver implements AsyncDisposable {
  readonly got: Received[] = [];
  /** Answers; its argument is how many requests there were, with this one. */
  answer: (count: number) => Response | Promise<Response> = () =>
    new Response(null, { status: 204 });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const where = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(where, async (request) => {
      const { method, headers, url } = request;
      const { pathname: path } = new URL(url);
      this.got.push({ method, path, headers, body: await request.text() });
      return await this.answer(this.got.length);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async received(count: number): Promise<void> {
    await until(`${count} requests`, () => this.got.length >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
