import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import type { Connection } from "../../src/contract/connection.ts";
import type { Endpoint } from "../../src/contract/job.ts";
import type { ConnectRequest, Connects } from "../../src/connect/connection_type.ts";
import { connectionTypes } from "../../src/connect/registry.ts";
import { descriptors } from "../descriptors.ts";
import { ClosedPort, CUT_ANSWERS, HEAD, takeRequest, withOpen } from "./fixture.ts";
import { besideTls, cert, key, sendText, type TlsAnswer, untilAsBefore, untilGone } from "./tls.ts";

// The first callback for C makes Deno open its own executable, once per process: it is no leak of
// ours
new Deno.UnsafeCallback({ parameters: [], result: "void" }, () => {}).close();

function withHttps(play: (https: Connects) => Promise<unknown>): Promise<void> {
  return withOpen((context) => connectionTypes.get("https")!.open(context), async (https) => {
    await play(https);
  });
}

type Wish = Omit<Partial<ConnectRequest>, "remote">;

function get(https: Connects, remote: Endpoint, wish: Wish = {}): Promise<Connection> {
  return https.connect({ remote, socket: {}, timeoutMs: 30_000, ...wish });
}

/** The outcome of a request to a server that answers so over TLS. */
async function answerTo(answer: TlsAnswer, wish?: Wish, alpn?: string[]): Promise<Connection> {
  let connection: Connection | undefined;
  await withHttps(async (https) => {
    await besideTls(answer, async (remote) => {
      connection = await get(https, remote, wish);
    }, alpn);
  });
  return connection!;
}

/** A server that takes the request, sends these pieces one by one, and closes. */
function says(...pieces: string[]): TlsAnswer {
  return async (connection) => {
    await takeRequest(connection);
    for (const piece of pieces) await sendText(connection, piece);
  };
}

/** Runs a test beside a server that speaks its own protocol instead of TLS. */
async function besideRaw(
  serve: (socket: Socket) => void,
  play: (remote: Endpoint) => Promise<unknown>,
): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => {}); // the client has gone
    serve(socket);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await play({ address: "127.0.0.1", port });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The outcome of a request to a server that speaks its own protocol instead of TLS. */
async function rawAnswerTo(serve: (socket: Socket) => void, wish?: Wish): Promise<Connection> {
  let connection: Connection | undefined;
  await withHttps((https) =>
    besideRaw(serve, async (remote) => {
      connection = await get(https, remote, wish);
    })
  );
  return connection!;
}

/** The first octets that a request sends, as text. */
async function helloOf(wish: Wish): Promise<string> {
  let hello = "";
  await rawAnswerTo((socket) => {
    socket.once("data", (data) => {
      hello = data.toString("latin1");
      socket.destroy();
    });
  }, wish);
  return hello;
}

Deno.test("a real server answers in the version that was asked for, over IPv4 and IPv6", async () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    await withHttps(async (https) => {
      const before = descriptors();
      const server = Deno.serve(
        { hostname, port: 0, cert, key, onListen() {} },
        (request) =>
          new Response("hello", {
            status: 418,
            headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-url", request.url]],
          }),
      );
      const { port } = server.addr;
      const remote = { address: hostname, port };
      const locals: Endpoint[] = [];
      const onLocal = (local: Endpoint) => locals.push(local);
      for (const version of ["1.1", "2"] as const) {
        const { outcome, errno, local, fields } = await get(https, remote, {
          http: { version },
          onLocal,
        });
        assertEquals([outcome, errno], ["ok", null]);
        assertEquals(local, locals.pop()!);
        const { http_headers, ...others } = fields;
        assertEquals(others, {
          tls_version: "1.3",
          tls_alpn: version === "2" ? "h2" : "http/1.1",
          http_version: version,
          http_status: 418,
          curl_code: 0,
          curl_error: null,
        });
        const headers = http_headers as Record<string, string | string[]>;
        assertEquals(headers["set-cookie"], ["a=1", "b=2"]);
        const literal = hostname === "::1" ? "[::1]" : hostname;
        assertEquals(headers["x-url"], `https://${literal}:${port}/`);
      }
      const named = await get(https, remote, { domain: "example.org", http: { version: "2" } });
      const headers = named.fields.http_headers as Record<string, string>;
      assertEquals(headers["x-url"], `https://example.org:${port}/`);
      await server.shutdown();
      await untilAsBefore(before);
    });
  }
});

Deno.test("the request is a plain GET, whatever the environment says of proxies", async () => {
  using closed = new ClosedPort();
  const { address, port } = closed.endpoint;
  Deno.env.set("https_proxy", `http://${address}:${port}`);
  Deno.env.set("ALL_PROXY", `http://${address}:${port}`);
  try {
    let request = "";
    const { outcome } = await answerTo(async (connection) => {
      request = await takeRequest(connection);
      await sendText(connection, `${HEAD}Content-Length: 0\r\n\r\n`);
    });
    assertEquals(outcome, "ok");
    assertMatch(
      request,
      /^GET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: spider\/[\d.]+\r\nAccept: \*\/\*\r\n\r\n$/,
    );
  } finally {
    Deno.env.delete("https_proxy");
    Deno.env.delete("ALL_PROXY");
  }
});

Deno.test("TLS is told the name and the versions of HTTP that are asked for", async () => {
  const SERVER_NAME = "\x00\x00"; // extension type 0 (RFC 6066), before a length of two octets
  const named = await helloOf({ domain: "example.org", http: { version: "2" } });
  assertStringIncludes(named, `${SERVER_NAME}\x00\x10\x00\x0e\x00\x00\x0bexample.org`);
  assertStringIncludes(named, "\x02h2\x08http/1.1");
  const plain = await helloOf({});
  assertEquals(plain.includes("127.0.0.1"), false);
  assertStringIncludes(plain, "\x00\x10\x00\x0b\x00\x09\x08http/1.1");
  assertStringIncludes(await helloOf({ domain: "bücher.example" }), "xn--bcher-kva.example");
});

for (const domain of ["a%00b", "[x", "a..b", "\\"]) {
  Deno.test(`a domain that is none is data: ${domain}`, async () => {
    const { state, errno, fields } = await rawAnswerTo((socket) => socket.end(), { domain });
    assertEquals(state, 1);
    assert(errno === "EINVAL" || errno === "EPROTO", String(errno));
    assert(typeof fields.curl_error === "string");
  });
}

const noTls: Record<string, [(socket: Socket) => void, string]> = {
  "that speaks plain HTTP": [(socket) => socket.end("HTTP/1.1 400 Bad\r\n\r\n"), "EPROTO"],
  "that sends an alert": [(socket) => socket.end("\x15\x03\x03\x00\x02\x02\x28"), "EPROTO"],
  "that closes in the handshake": [(socket) => socket.end(), "EPROTO"],
  "that closes in the middle of a record": [(socket) => socket.end("\x16\x03\x03"), "EPROTO"],
  "that resets in the handshake": [(socket) => socket.resetAndDestroy(), "ECONNRESET"],
  "that sends a flood of nonsense": [
    (socket) => socket.write(new Uint8Array(1 << 20).fill(0x16)),
    "EPROTO",
  ],
};
for (const [name, [serve, expected]] of Object.entries(noTls)) {
  Deno.test(`a server ${name} is data`, async () => {
    const { state, errno, fields } = await rawAnswerTo((socket) => {
      socket.once("data", () => serve(socket));
    });
    assertEquals([state, errno], [1, expected]);
    assertEquals([fields.tls_version, fields.http_status], [null, null]);
    assert(typeof fields.curl_error === "string" && fields.curl_code !== 0);
  });
}

Deno.test("no common version or cipher is data", async () => {
  // Its certificate is for ECDSA, and the only protocol that it takes is another one
  const { state, errno, fields } = await answerTo(untilGone, {}, ["imap"]);
  assertEquals([state, errno, fields.tls_version], [1, "EPROTO", null]);
  assertMatch(String(fields.curl_error), /alert/);
});

const whole: Record<string, string[]> = {
  "with a length": [`${HEAD}Content-Length: 5\r\n\r\nhello`],
  "an octet at a time": [..."HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "in chunks": [`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, "0\r\nA: b\r\n\r\n"],
  "until the close": [`${HEAD}\r\n`, "no length"],
  "after an interim one": ["HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", `${HEAD}\r\n`],
  "with more than its length": [`${HEAD}Content-Length: 2\r\n\r\nok and more`],
  "with a redirection": [`${HEAD}Location: https://127.0.0.2/\r\nContent-Length: 0\r\n\r\n`],
};
for (const [name, pieces] of Object.entries(whole)) {
  Deno.test(`an answer ${name} is ok`, async () => {
    const { outcome, errno, fields } = await answerTo(says(...pieces));
    assertEquals([outcome, errno, fields.http_status], ["ok", null, 200]);
    assertEquals([fields.http_version, fields.curl_error], ["1.1", null]);
  });
}

Deno.test("header fields come through as they are, also folded ones, without trailers", async () => {
  const { fields } = await answerTo(says(
    `HTTP/1.0 200 OK\r\n__proto__: x\r\nServer: caf\xe9\r\nA: b\r\n c\r\nTransfer-Encoding: chunked\r\n`,
    "\r\n0\r\nX-Trailer: y\r\n\r\n",
  ));
  assertEquals(
    JSON.stringify(fields.http_headers),
    '{"__proto__":"x","server":"caf\xe9","a":"b c","transfer-encoding":"chunked"}',
  );
  assertEquals(fields.http_version, "1.0");
});

const garbage: Record<string, string[]> = {
  "another protocol": ["SSH-2.0-OpenSSH_9.2\r\n"],
  "binary without a line": ["\x15\x03\x01\x00\x02\x02"],
  "a negative chunk": [`${HEAD}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n`],
  "a length that is no number": [`${HEAD}Content-Length: many\r\n\r\n`],
  "a head without end": [HEAD, ...Array(70).fill(`A: ${"x".repeat(1000)}\r\n`)],
  "a line without end": [HEAD, "x".repeat(200_000)],
};
for (const [name, pieces] of Object.entries(garbage)) {
  Deno.test(`an answer with ${name} is a protocol error`, async () => {
    const { state, outcome, errno, fields } = await answerTo(async (connection) => {
      await says(...pieces)(connection);
      await untilGone(connection);
    });
    assertEquals([state, outcome, errno], [1, "failed", "EPROTO"]);
    assertEquals(fields.tls_version, "1.3");
    assert(typeof fields.curl_error === "string");
  });
}

for (const [name, [pieces, status]] of Object.entries(CUT_ANSWERS)) {
  Deno.test(`an answer that ends ${name} has no data left to come`, async () => {
    const { state, outcome, errno, fields } = await answerTo(says(...pieces));
    assertEquals([state, outcome, errno], [1, "failed", "ENODATA"]);
    assertEquals(fields.http_status, status);
  });
}

for (const head of [`${HEAD}\r\n`, `${HEAD}Content-Length: 1000000000\r\n\r\n`]) {
  Deno.test(`a body of ${head.length > 20 ? "1 GB" : "any length"} is read up to the limit`, async () => {
    let sent = 0;
    const { outcome, errno, fields } = await answerTo(async (connection) => {
      await says(head)(connection);
      for (const piece = new Uint8Array(65_536); sent < 1e9;) sent += await connection.write(piece);
    });
    assertEquals([outcome, errno, fields.http_status], ["ok", null, 200]);
    assertEquals([fields.curl_code, fields.curl_error], [23, null]);
    assert(sent < 1e8, `${sent} octets`);
  });
}

for (const pieces of [[], [`${HEAD}Content-`], [`${HEAD}Content-Length: 10\r\n\r\nhello`]]) {
  Deno.test(`a server that stalls after ${pieces[0]?.length ?? 0} octets times out`, async () => {
    const { state, errno, fields } = await answerTo(async (connection) => {
      await says(...pieces)(connection);
      await untilGone(connection);
    }, { timeoutMs: 300 });
    assertEquals([state, errno], [2, "ETIMEDOUT"]);
    assertEquals([fields.tls_version, fields.curl_code], ["1.3", null]);
  });
}

Deno.test("a server that stalls in the handshake times out", async () => {
  const { state, errno, fields } = await rawAnswerTo(() => {}, { timeoutMs: 100 });
  assertEquals([state, errno, fields.tls_version], [2, "ETIMEDOUT", null]);
});

Deno.test("what TCP says is reported as for other types", async () => {
  await withHttps(async (https) => {
    using closed = new ClosedPort();
    const refused = await get(https, closed.endpoint);
    assertEquals([refused.state, refused.outcome, refused.errno], [1, "refused", "ECONNREFUSED"]);
    assertEquals([refused.fields.curl_code, refused.fields.tls_version], [null, null]);
    const unreachable = await get(https, { address: "2001:db8::1", port: 443 });
    assertEquals([unreachable.outcome, unreachable.local], ["unreachable", null]);
  });
});

Deno.test("a reset in the middle of an answer is a reset", async () => {
  let answered = false;
  const answer: TlsAnswer = async (connection) => {
    await takeRequest(connection);
    answered = true;
    await says(`${HEAD}Content-Length: 10\r\n\r\nhello`)(connection);
    await untilGone(connection);
  };
  await withHttps((https) =>
    besideTls(answer, ({ port }) =>
      besideRaw((socket) => {
        // In between, on the way to the server; the client's reader is the server's writer
        const server = createConnection({ host: "127.0.0.1", port });
        server.on("error", () => {}); // it is cut off
        socket.on("data", (data) => server.write(data));
        server.on("data", (data) => {
          socket.write(data, () => {
            if (!answered) return;
            socket.resetAndDestroy();
            server.destroy();
          });
        });
      }, async (remote) => {
        const { state, outcome, errno, fields } = await get(https, remote);
        assertEquals([state, outcome, errno], [1, "reset", "ECONNRESET"]);
        assertEquals(fields.tls_version, "1.3");
      }))
  );
});

Deno.test("a server that takes HTTP/2 and does not speak it is data", async () => {
  const { state, outcome, fields } = await answerTo(
    async (connection) => {
      await connection.read(new Uint8Array(4096));
      await sendText(connection, `${HEAD}Content-Length: 2\r\n\r\nok`);
    },
    { http: { version: "2" } },
    ["h2"],
  );
  assertEquals([state, outcome, fields.tls_alpn, fields.http_status], [1, "failed", "h2", null]);
});

const frame = (type: number, flags: number, stream: number, payload: readonly number[]) =>
  Uint8Array.of(0, 0, payload.length, type, flags, 0, 0, 0, stream, ...payload);
const SETTINGS = frame(4, 0, 0, []);
const REFUSED_STREAM = 0x7;
const HTTP_1_1_REQUIRED = 0xd;
for (const code of [REFUSED_STREAM, HTTP_1_1_REQUIRED]) {
  Deno.test(`a stream that ends with error ${code} is not tried again`, async () => {
    await withHttps(async (https) => {
      const connections = await besideTls(
        async (connection) => {
          const buffer = new Uint8Array(4096);
          await connection.read(buffer);
          await connection.write(SETTINGS);
          await connection.write(frame(3, 0, 1, [0, 0, 0, code]));
          await untilGone(connection);
        },
        async (remote) => {
          const { state, errno, fields } = await get(https, remote, { http: { version: "2" } });
          assertEquals([state, errno, fields.tls_alpn], [1, "EPROTO", "h2"]);
        },
        ["h2"],
      );
      assertEquals(connections, 1);
    });
  });
}

Deno.test("good and bad servers at once do each other no harm", async () => {
  const EACH = 40;
  await withHttps(async (https) => {
    const good = says(`${HEAD}Content-Length: 5\r\n\r\nhello`);
    await besideTls(
      good,
      (fine) =>
        besideTls(
          untilGone,
          (stalls) =>
            besideRaw(
              (socket) => socket.once("data", () => socket.resetAndDestroy()),
              async (resets) => {
                const endings = await Promise.all(Array.from({ length: EACH }, async () => {
                  const three = [
                    get(https, fine),
                    get(https, stalls, { timeoutMs: 500 }),
                    get(https, resets),
                  ];
                  return (await Promise.all(three)).map(({ outcome }) => outcome);
                }));
                assertEquals(endings, Array(EACH).fill(["ok", "timeout", "reset"]));
              },
            ),
        ),
    );
  });
});

Deno.test("close ends what is under way, at any stage", async () => {
  await withHttps(async (https) => {
    const requested = Promise.withResolvers<void>();
    const stall: TlsAnswer = async (connection) => {
      await takeRequest(connection);
      requested.resolve();
      await untilGone(connection);
    };
    await besideTls(stall, (stalls) =>
      besideRaw(() => {}, async (silent) => {
        const early = [get(https, stalls), get(https, silent)];
        await requested.promise;
        const late = [get(https, stalls), get(https, silent)];
        https.close();
        for (const { state, errno } of await Promise.all([...early, ...late])) {
          assertEquals([state, errno], [4, "ECANCELED"]);
        }
      }));
  });
});
