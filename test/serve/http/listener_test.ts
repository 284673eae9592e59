import { assertEquals, assertMatch } from "@std/assert";
import type { ConnectionLimits } from "../../../src/serve/http/connection_guard.ts";
import { Listener } from "../../../src/serve/http/listener.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";
import { ServerProcess } from "../server_process.ts";

const encoder = new TextEncoder();
const HALF_A_HEADER = encoder.encode("GET /healthz HTTP/1.1\r\nHo");

/** What Deno says of a connection that nobody takes, or that has ended before it could be looked at. */
const { ConnectionRefused, ConnectionReset, NotConnected } = Deno.errors;
const GONE = [ConnectionRefused, ConnectionReset, NotConnected];

/** Clients that send the beginning of a header, and then an octet now and then, but never all of it. */
class SlowClients implements Disposable {
  readonly #connections: Deno.Conn[] = [];
  readonly #dripping: ReturnType<typeof setInterval>;
  /** How many the server has ended. */
  ended = 0;

  private constructor(every: number) {
    this.#dripping = setInterval(() => {
      for (const connection of this.#connections) this.#write(connection, encoder.encode("o"));
    }, every);
  }

  static async open(port: number, count: number, every = 400): Promise<SlowClients> {
    const clients = new SlowClients(every);
    for (let i = 0; i < count; i++) {
      await clients.#open(port);
    }
    return clients;
  }

  async #open(port: number): Promise<void> {
    const end = () => void this.ended++;
    let connection: Deno.Conn;
    try {
      connection = await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      // While the server listens again
      if (!GONE.some((kind) => error instanceof kind)) throw error;
      return end();
    }
    this.#connections.push(connection);
    this.#write(connection, HALF_A_HEADER);
    connection.read(new Uint8Array(1)).then(end, end);
  }

  #write(connection: Deno.Conn, octets: Uint8Array): void {
    connection.write(octets).catch(() => {}); // the server may have ended it
  }

  [Symbol.dispose](): void {
    clearInterval(this.#dripping);
    for (const connection of this.#connections) connection.close();
  }
}

/** A server whose answers are a stream that goes on until its client is gone. */
class Streaming implements AsyncDisposable {
  readonly #listener: Listener;
  /** How many answers are being sent. */
  sending = 0;

  constructor(limits: ConnectionLimits) {
    this.#listener = new Listener({
      options: { hostname: "127.0.0.1", port: 0 },
      handler: () => {
        this.sending++;
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
            cancel: () => void this.sending--,
          }),
        );
      },
      limits: () => limits,
      log: { write: () => {} },
      broke: (error) => {
        throw error;
      },
    });
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.shutdown();
  }
}

/** Asks for what {@linkcode Streaming} has, and waits for its begin. */
async function streamOf(port: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(encoder.encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await connection.read(new Uint8Array(1));
  return connection;
}

Deno.test("clients that send their headers slowly keep nobody waiting, and are cut off", async () => {
  await using running = new RunningServer({ requests: { seconds: 2 } });
  using clients = await SlowClients.open(Number(new URL(running.url).port), 300);
  assertEquals((await running.ask("/healthz")).status, 200);
  assertEquals(clients.ended, 0, "before their time");
  await until("all are cut off", () => clients.ended === 300);
  assertEquals((await running.ask("/healthz")).status, 200);
});

Deno.test("of too many connections those go that do nothing, of who has the most", async () => {
  await using server = new Streaming({ most: 10, idle: 60_000, stuck: 60_000 });
  using _busy = await streamOf(server.port);
  using clients = await SlowClients.open(server.port, 50);
  await until("some are cut off", () => clients.ended >= 41);
  assertEquals(clients.ended, 41, "10 may be there, and one is busy");
  assertEquals(server.sending, 1);
});

Deno.test("who takes nothing of his answer is cut off", async () => {
  await using server = new Streaming({ most: 10, idle: 60_000, stuck: 300 });
  using _connection = await streamOf(server.port);
  await until("it is cut off", () => server.sending === 0);
});

Deno.test("a connection that comes back for one more request is not idle in between", async () => {
  await using running = new RunningServer({ requests: { seconds: 2 } });
  const port = Number(new URL(running.url).port);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const octets = new Uint8Array(1000);
  const began = performance.now();
  while (performance.now() - began < 2500) {
    await connection.write(encoder.encode("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const length = await connection.read(octets);
    assertMatch(new TextDecoder().decode(octets.subarray(0, length ?? 0)), /^HTTP\/1\.1 200 /);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(await connection.read(octets), null, "one that is idle is cut off");
});

Deno.test("a server that has no descriptors left goes on with those that it gets back", async () => {
  using folder = new Folder();
  const config = folder.put("serve.yaml", encoder.encode("listen: { port: 0 }\n"));
  const few = { exec: (line: readonly string[]) => ["prlimit", "--nofile=150:150", ...line] };
  const server = new ServerProcess(few, folder, ["--config", config]);
  await until("it listens", () => server.log.includes("listening on http"));
  const [url = ""] = /http:\S+/.exec(server.log)!;
  using clients = await SlowClients.open(Number(new URL(url).port), 300);
  await until("some are cut off", () => clients.ended > 200);
  // Nobody takes a connection while it listens again
  const asked = () =>
    fetch(`${url}/healthz`, { headers: { connection: "close" } })
      .then((answer) => answer.json(), () => null);
  let answer: unknown = null;
  await until("it answers", async () => (answer = await asked()) !== null);
  assertEquals(answer, { status: "ok" });
  assertEquals(await server.end("SIGTERM"), 0);
});
