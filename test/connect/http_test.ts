import { type AddressInfo, createServer } from "node:net";
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Connection } from "../../src/contract/connection.ts";
import type { Endpoint } from "../../src/contract/job.ts";
import type { ConnectRequest, Connects } from "../../src/connect/connection_type.ts";
import { HttpExchange } from "../../src/connect/types/http.ts";
import { connectionTypes } from "../../src/connect/registry.ts";
import {
  beside,
  type ConnectionHandler,
  CUT_ANSWERS,
  HEAD,
  takeRequest,
  untilClosed,
  withOpen,
} from "./fixture.ts";

/** The connection type, ready, beside a server. */
function withServer(
  answer: ConnectionHandler,
  play: (http: Connects, remote: Endpoint) => Promise<void>,
  hostname?: string,
): Promise<void> {
  return withOpen(
    (context) => connectionTypes.get("http")!.open(context),
    (http) => beside(answer, (remote) => play(http, remote), hostname),
  );
}

function get(
  http: Connects,
  request: Omit<ConnectRequest, "socket" | "timeoutMs">,
  timeoutMs = 30_000,
) {
  return http.connect({ socket: {}, timeoutMs, ...request });
}

/** A server that takes the request's head, sends these pieces one by one, and closes. */
function says(...pieces: string[]): ConnectionHandler {
  return async (connection) => {
    await takeRequest(connection);
    for (const piece of pieces) await send(connection, piece);
  };
}

/** Sends text as octets; false when the client has closed. */
async function send(connection: Deno.TcpConn, text: string): Promise<boolean> {
  const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    for (let at = 0; at < octets.length;) at += await connection.write(octets.subarray(at));
  } catch (error) {
    const gone = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!gone) throw error;
    return false;
  }
  return true;
}

async function answerTo(answer: ConnectionHandler, timeoutMs?: number): Promise<Connection> {
  let connection: Connection | undefined;
  await withServer(answer, async (http, remote) => {
    connection = await get(http, { remote }, timeoutMs);
  });
  return connection!;
}

Deno.test("a real server answers, over IPv4 and IPv6", async () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    await withOpen((context) => connectionTypes.get("http")!.open(context), async (http) => {
      const server = Deno.serve({ hostname, port: 0, onListen: () => {} }, (request) => {
        const headers = new Headers({ "X-Host": request.headers.get("host")! });
        headers.append("Set-Cookie", "a=1");
        headers.append("Set-Cookie", "b=2");
        return new Response("hello", { status: 418, headers });
      });
      const { port } = server.addr;
      const remote = { address: hostname, port };
      const plain = await get(http, { remote });
      const named = await get(http, { remote, domain: "example.org" });
      await server.shutdown();
      assertEquals([plain.outcome, plain.errno, plain.fields.http_status], ["ok", null, 418]);
      const headers = plain.fields.http_headers as Record<string, string | string[]>;
      assertEquals(headers["set-cookie"], ["a=1", "b=2"]);
      const literal = hostname === "::1" ? "[::1]" : hostname;
      assertEquals(headers["x-host"], `${literal}:${port}`);
      const other = named.fields.http_headers as Record<string, string>;
      assertEquals(other["x-host"], `example.org:${port}`);
    });
  }
});

Deno.test("the request is a plain GET that closes", async () => {
  let request = "";
  await answerTo(async (connection) => {
    request = await takeRequest(connection);
    await send(connection, `${HEAD}Content-Length: 0\r\n\r\n`);
  });
  assertMatch(
    request,
    /^GET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: spider\/[\d.]+\r\n/,
  );
  assertMatch(request, /\r\nConnection: close\r\n\r\n$/);
});

/** The request that a server gets, what it receives after its answer, and the outcome. */
async function upgrade(answer: string): Promise<[string, string, Connection]> {
  let [request, after] = ["", ""];
  let connection: Connection | undefined;
  await withServer(
    async (socket) => {
      request = await takeRequest(socket);
      await send(socket, answer);
      const buffer = new Uint8Array(4096);
      for (let count = await socket.read(buffer); count !== null;) {
        after += String.fromCharCode(...buffer.subarray(0, count));
        count = await socket.read(buffer);
      }
    },
    async (http, remote) => {
      connection = await get(http, { remote, http: { version: "2" } });
    },
  );
  return [request, after, connection!];
}

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

Deno.test("HTTP/2 is asked for, and taken leave of in good order", async () => {
  const [request, after, { outcome, fields }] = await upgrade(SWITCHING);
  assertMatch(
    request,
    /\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: /,
  );
  const [, settings] = /HTTP2-Settings: (.*)\r\n/.exec(request)!;
  assertEquals(atob(settings!), "\x00\x02\x00\x00\x00\x00"); // ENABLE_PUSH 0
  assertEquals(
    after,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\x04\0\0\0\0\0" +
      "\0\0\x08\x07\0\0\0\0\0" + "\0\0\0\0" + "\0\0\0\0",
  );
  assertEquals([outcome, fields.http_version, fields.http_status], ["ok", "2", 101]);
});

const notUpgraded: Record<string, [string, string]> = {
  "an answer of its own": [`${HEAD}Content-Length: 2\r\n\r\nok`, "1.1"],
  "an answer of 1.0": ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "1.0"],
  "an offer to upgrade": [`${HEAD}Upgrade: h2c\r\nContent-Length: 0\r\n\r\n`, "1.1"],
  "another protocol": [SWITCHING.replace("h2c", "websocket"), "1.1"],
  "no protocol": [SWITCHING.replace("Upgrade: h2c\r\n", ""), "1.1"],
};
for (const [name, [answer, version]] of Object.entries(notUpgraded)) {
  Deno.test(`a server that answers the wish for HTTP/2 with ${name} has not upgraded`, async () => {
    const [, after, { outcome, fields }] = await upgrade(answer);
    assertEquals([outcome, fields.http_version, after], ["ok", version, ""]);
  });
}

Deno.test("an upgrade that was not asked for is none", async () => {
  const { fields } = await answerTo(says(SWITCHING));
  assertEquals([fields.http_status, fields.http_version], [101, "1.1"]);
});

const whole: Record<string, string[]> = {
  "with a length, in one piece": [`${HEAD}Content-Length: 5\r\n\r\nhello`],
  "an octet at a time": [..."HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "in chunks": [`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, "0\r\n\r\n"],
  "until the close": [`${HEAD}\r\n`, "no length"],
  "after an interim one": ["HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", `${HEAD}\r\n`],
  "with more than its length": [`${HEAD}Content-Length: 2\r\n\r\nok and more`],
  "with an empty line before it": [`\r\n${HEAD}\r\n`],
  "with the same length twice": [`${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`],
};
for (const [name, pieces] of Object.entries(whole)) {
  Deno.test(`an answer ${name} is ok`, async () => {
    const { outcome, errno, fields } = await answerTo(says(...pieces));
    assertEquals([outcome, errno, fields.http_status], ["ok", null, 200]);
  });
}

const garbage: Record<string, string[]> = {
  "another protocol": ["SSH-2.0-OpenSSH_9.2\r\n"],
  "binary without a line": ["\x15\x03\x01\x00\x02\x02"],
  "no status": ["HTTP/1.1 OK\r\n\r\n"],
  "a bare carriage return": [`${HEAD}A: b\rc\r\n\r\n`],
  "two lengths": [`${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nok`],
  "a negative length": [`${HEAD}Content-Length: -40\r\n\r\n`],
  "a length that is no number": [`${HEAD}Content-Length: many\r\n\r\n`],
  "a negative chunk": [`${HEAD}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n`],
  "a head without end": [HEAD, ...Array(70).fill(`A: ${"x".repeat(1000)}\r\n`)],
  "a line without end": [HEAD, "x".repeat(70_000)],
};
for (const [name, pieces] of Object.entries(garbage)) {
  Deno.test(`an answer with ${name} is a protocol error`, async () => {
    const { state, outcome, errno } = await answerTo(async (connection) => {
      await says(...pieces)(connection);
      await untilClosed(connection);
    });
    assertEquals([state, outcome, errno], [1, "failed", "EPROTO"]);
  });
}

for (const [name, [pieces, status]] of Object.entries(CUT_ANSWERS)) {
  Deno.test(`an answer that ends ${name} has no data left to come`, async () => {
    const { state, outcome, errno, fields } = await answerTo(says(...pieces));
    assertEquals([state, outcome, errno], [1, "failed", "ENODATA"]);
    assertEquals(fields.http_status, status);
  });
}

Deno.test("a reset in the middle is a reset", async () => {
  await withOpen((context) => connectionTypes.get("http")!.open(context), async (http) => {
    const server = createServer((socket) => {
      socket.once("data", () => {
        socket.write(`${HEAD}Content-Length: 10\r\n\r\nhello`, () => socket.resetAndDestroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const connection = await get(http, { remote: { address: "127.0.0.1", port } });
    await new Promise((resolve) => server.close(resolve));
    const { state, outcome, errno, fields } = connection;
    assertEquals([state, outcome, errno], [1, "reset", "ECONNRESET"]);
    assert("http_status" in fields);
  });
});

Deno.test("a server that never ends is read up to the limit", async () => {
  const { outcome, fields } = await answerTo(async (connection) => {
    await says(`${HEAD}\r\n`)(connection);
    while (await send(connection, "x".repeat(100_000)));
  });
  assertEquals([outcome, fields.http_status], ["ok", 200]);
});

for (const pieces of [[], [`${HEAD}Content-`], [`${HEAD}Content-Length: 10\r\n\r\nhello`]]) {
  Deno.test(`a server that stalls after ${pieces[0]?.length ?? 0} octets times out`, async () => {
    const { state, outcome, errno } = await answerTo(async (connection) => {
      await says(...pieces)(connection);
      await untilClosed(connection);
    }, 100);
    assertEquals([state, outcome, errno], [2, "timeout", "ETIMEDOUT"]);
  });
}

Deno.test("odd names and octets of header fields come through as they are", async () => {
  const { fields } = await answerTo(says(`${HEAD}__proto__: x\r\nServer: caf\xe9\r\n\r\n`));
  assertEquals(
    JSON.stringify(fields.http_headers),
    '{"__proto__":"x","server":"caf\xe9"}',
  );
});

Deno.test("no octets make the parser throw or run for ever", () => {
  const templates = [
    `\r\n${HEAD}Content-Length: 5\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nhello`,
    `HTTP/1.1 100 Continue\r\n\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n`,
    `HTTP/1.0 304 Not Modified\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nmore`,
  ].map((text) => new TextEncoder().encode(text));
  const edit = fc.tuple(fc.nat(200), fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 45, 48, 58)));
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(fc.constantFrom(...templates), fc.array(edit, { maxLength: 4 })).map(
      ([template, edits]) => {
        const copy = template.slice();
        for (const [at, value] of edits) copy[at % copy.length] = value;
        return copy;
      },
    ),
  );
  fc.assert(
    fc.property(octets, fc.integer({ min: 1, max: 64 }), (data, size) => {
      const exchange = new HttpExchange("host");
      let progress = "more";
      for (let at = 0; at < data.length && progress === "more"; at += size) {
        progress = exchange.received(data.slice(at, at + size));
      }
      if (progress === "more" && exchange.ended()) progress = "complete";
      const { http_status } = exchange.fields();
      if (progress === "complete") assert(typeof http_status === "number");
    }),
    { numRuns: 20_000 },
  );
});
