/** Bodies that come octet by octet, for ever, where a key may be in one: nobody knows whose they are. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ComingBodies } from "../../../src/serve/http/coming_bodies.ts";
import { ProblemError } from "../../../src/serve/http/problem.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { endpointIn } from "../endpoints/plugin.ts";
import { RunningServer } from "../running_server.ts";

const encoder = new TextEncoder();

/** A client that sends a body so slowly that it never ends. */
class SlowBody implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #dripping: ReturnType<typeof setInterval>;
  /** What it is answered; null before. */
  answer: string | null = null;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    const chunk = encoder.encode("1\r\na\r\n");
    // The server may have ended it
    this.#dripping = setInterval(() => connection.write(chunk).catch(() => {}), 20);
    const octets = new Uint8Array(65_536);
    connection.read(octets).then((length) => {
      this.answer = new TextDecoder().decode(octets.subarray(0, length ?? 0));
    }, () => this.answer = "");
  }

  static async open(url: string, path: string): Promise<SlowBody> {
    const port = Number(new URL(url).port);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(encoder.encode(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ));
    return new SlowBody(connection);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#dripping);
    this.#connection.close();
  }
}

/** Slow clients of an endpoint, one after the other. */
async function slowBodies(running: RunningServer, count: number): Promise<SlowBody[]> {
  const all: SlowBody[] = [];
  for (let i = 0; i < count; i++) all.push(await SlowBody.open(running.url, "/note"));
  return all;
}

/** A server with an endpoint that takes two requests at once, and keys in bodies. */
function withNote(folder: Folder, seconds: number): RunningServer {
  const plugin = endpointIn(
    folder,
    "note",
    `methods: ["GET", "POST"], limits: { concurrency: 2 },
  handler: ({ body }) => [200, body],`,
  );
  return new RunningServer({
    access: { keys_in_parameters: true },
    requests: { seconds },
    plugins: { note: { plugin } },
  });
}

Deno.test("a body that never ends is answered 408 in time, and holds no place meanwhile", async () => {
  using folder = new Folder();
  await using running = withNote(folder, 5);
  await running.server.ready;
  const key = running.key({ scopes: ["read"] });
  const began = performance.now();
  const clients = await slowBodies(running, 2);
  using stack = new DisposableStack();
  for (const client of clients) stack.use(client);
  // All that it takes at once are coming
  const asked = async () => await running.ask("/note", { key });
  assertEquals((await asked()).status, 200);
  assertEquals(clients.map(({ answer }) => answer), [null, null], "before their time");
  await until("they are answered", () => clients.every(({ answer }) => answer !== null));
  const took = performance.now() - began;
  assert(took >= 5000, `${took} ms`);
  for (const { answer } of clients) {
    assertMatch(answer!, /^HTTP\/1\.1 408 /);
    assertMatch(answer!, /"detail":"the body did not come within 5 s"/);
  }
  const answer = await running.ask("/note", { method: "POST", json: { a: 1, apikey: key } });
  assertEquals([answer.status, answer.text], [200, '{"a":1}\n']);
});

Deno.test("slow bodies keep none out that comes at once, and go themselves where they are too many", async () => {
  using folder = new Folder();
  await using running = withNote(folder, 600);
  await running.server.ready;
  const key = running.key({ scopes: ["read"] });
  const clients = await slowBodies(running, 2);
  using stack = new DisposableStack();
  for (const client of clients) stack.use(client);
  const answer = await running.ask("/note", { method: "POST", json: { a: 1, apikey: key } });
  assertEquals([answer.status, answer.text], [200, '{"a":1}\n']);
  await until("one has gone", () => clients.some(({ answer }) => answer !== null));
  assertMatch(clients[0]!.answer!, /^HTTP\/1\.1 503 [^]*too many bodies come at once/);
  assertEquals(clients[1]!.answer, null, "there is room for it");
});

Deno.test("of too many bodies those are given up that came first, of the network with the most", async () => {
  const bodies = new ComingBodies();
  const refused: string[] = [];
  const controllers = new Map<string, ReadableStreamDefaultController<Uint8Array>>();
  const send = async (name: string, network: string) => {
    const body = new ReadableStream<Uint8Array>({ start: (c) => void controllers.set(name, c) });
    const request = new Request("http://localhost/", { method: "POST", body });
    try {
      return await bodies.read(request, { most: 100, seconds: 5 }, network, 3);
    } catch (error) {
      assert(error instanceof ProblemError && error.status === 503);
      refused.push(name);
      return null;
    }
  };
  const other = send("other", "192.0.2.1");
  const many = ["1", "2", "3", "4"].map((name) => send(name, "192.0.2.2"));
  await Promise.all(many.slice(0, 2));
  assertEquals(refused, ["1", "2"]);
  for (const name of ["other", "3", "4"]) {
    controllers.get(name)!.enqueue(new Uint8Array(1));
    controllers.get(name)!.close();
  }
  assertEquals((await Promise.all([other, ...many])).map((one) => one?.length), [
    ...[1, undefined, undefined, 1, 1],
  ]);
});
