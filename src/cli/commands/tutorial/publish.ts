import { resolve } from "node:path";

/** A web server on this host itself that publishes a folder, as any web server would. */
export class Publisher implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(folder: string) {
    const root = resolve(folder);
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        const none = new Response("no such file\n", { status: 404 });
        // The settings beside it are not published
        if (!/^(\/\w[\w.-]*)+$/.test(pathname)) return none;
        try {
          return new Response(await Deno.readFile(root + pathname));
        } catch {
          return none;
        }
      },
    );
  }

  /** The URL of a file of the folder. */
  url(file: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${file}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
