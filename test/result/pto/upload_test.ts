import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  upload,
  UploadFailure,
  type UploadOptions,
  type UploadRequest,
} from "../../../src/result/pto/upload.ts";
import { Observatory } from "./observatory.ts";

const DATA = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
const FILE = "/raw/spring/a%20b.bz2";

function shipment(
  to: { readonly origin: string },
  more: Partial<UploadRequest> = {},
): UploadRequest {
  return {
    server: new URL(to.origin),
    campaign: "spring",
    name: "a b.bz2",
    key: "s3cret-key",
    metadata: { _file_type: "pathspider-v2-ndjson-bz2", vantage: "zurich" },
    data: {
      size: DATA.length,
      async *chunks() {
        for (let at = 0; at < DATA.length; at += 65_536) {
          yield await Promise.resolve(DATA.subarray(at, at + 65_536));
        }
      },
    },
    ...more,
  };
}

function manner(more: Partial<UploadOptions> = {}): UploadOptions & { readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    retries: 2,
    pause: 1,
    patience: 10_000,
    signal: new AbortController().signal,
    say: (text) => said.push(text),
    ...more,
  };
}

async function failure(what: UploadRequest, how: UploadOptions): Promise<UploadFailure> {
  const found = await assertRejects(() => upload(what, how), UploadFailure);
  assert(!found.message.includes(what.key), found.message);
  assert(found.message.startsWith(found.reason), found.message);
  return found;
}

const refused = async (what: UploadRequest, how: UploadOptions) =>
  (await failure(what, how)).message;

Deno.test("the metadata, then the data to where the server says, with key, type and length", async () => {
  await using server = new Observatory();
  const done = await upload(shipment(server), manner());
  assertEquals(done, {
    url: `${server.origin}${FILE}`,
    data: `${server.origin}${FILE}/data`,
    confirmed: true,
  });
  assertEquals(server.lines, [`GET ${FILE}`, `PUT ${FILE}`, `PUT ${FILE}/data`]);
  assert(server.seen.every(({ key }) => key === "APIKEY s3cret-key"));
  assertEquals(server.seen.slice(1).map(({ type }) => type), [
    "application/json",
    "application/bzip2",
  ]);
  assertEquals(server.seen[2]!.length, String(DATA.length));
  const stored = server.files.get("a%20b.bz2")!;
  assertEquals(stored.metadata.vantage, "zurich");
  assertEquals(stored.data, DATA);
});

Deno.test("a server below a path, and one that gives a relative address for the data", async () => {
  await using server = new Observatory();
  server.instead = ({ line }) =>
    line.endsWith("/v3/raw/spring/a%20b.bz2")
      ? Response.json({ __data: "/raw/spring/a%20b.bz2/data" })
      : line.startsWith("PUT")
      ? Response.json({ __data_size: DATA.length }, { status: 201 })
      : undefined;
  const what = shipment({ origin: `${server.origin}/v3` });
  assertEquals((await upload(what, manner())).data, `${server.origin}${FILE}/data`);
});

Deno.test("401, 403 and 404 are not tried again, and nothing was stored", async () => {
  await using server = new Observatory();
  const wrong = await refused(shipment(server, { key: "wrong" }), manner());
  assertStringIncludes(wrong, 'answers 401 ("who?"): is the key right');
  assertStringIncludes(wrong, "nothing was stored");
  const nowhere = await refused(shipment(server, { campaign: "autumn" }), manner());
  assertStringIncludes(nowhere, 'answers 404 ("autumn not found"): is there a campaign autumn');
  assertEquals(server.lines.filter((line) => line.startsWith("PUT")).length, 2);
  assertEquals(server.files.size, 0);
});

Deno.test("words of the server that hold the key are shown without it", async () => {
  await using server = new Observatory();
  server.instead = ({ key }) => new Response(`bad ${key}\x1b[31m`, { status: 403 });
  assertStringIncludes(await refused(shipment(server), manner()), '403 ("bad APIKEY ***');
});

Deno.test("a refusal says what went wrong alone too, with the answer", async () => {
  await using server = new Observatory();
  const headers = { "retry-after": "7" };
  server.instead = () => new Response("no", { status: 429, headers });
  const { reason, answer } = await failure(shipment(server), manner());
  assertEquals(reason, `${new URL(server.origin).host} answers 429 ("no")`);
  assertEquals([answer?.status, answer?.retryAfter], [429, "7"]);
});

Deno.test("5xx is tried again at every step, and gets through", async () => {
  await using server = new Observatory();
  server.instead = (_, count) => count === 1 ? new Response("busy", { status: 503 }) : undefined;
  const how = manner();
  assert((await upload(shipment(server), how)).confirmed);
  const retries = how.said.filter((text) => text.includes('answers 503 ("busy"); trying again'));
  assertEquals(retries.length, 3);
  assertEquals(server.files.get("a%20b.bz2")!.data, DATA);
});

Deno.test("5xx that does not end says what is certain", async () => {
  for (
    const [failing, state] of [
      ["GET", "in 3 attempts; nothing was sent"],
      ["PUT /raw/spring/a%20b.bz2", "whether the metadata was stored is not known"],
      ["PUT /raw/spring/a%20b.bz2/data", "has the metadata of a b.bz2; whether it has the data"],
    ] as const
  ) {
    await using server = new Observatory();
    server.instead = ({ line }) =>
      line === failing || line.split(" ")[0] === failing
        ? new Response("down", { status: 500 })
        : undefined;
    assertStringIncludes(await refused(shipment(server), manner()), state);
    assertEquals(server.files.get("a%20b.bz2")?.data ?? null, null);
  }
});

Deno.test("data that the server refuses: it has the metadata and not the data", async () => {
  await using server = new Observatory();
  server.instead = ({ line }) =>
    line.endsWith("/data") ? new Response("too large", { status: 413 }) : undefined;
  assertStringIncludes(
    await refused(shipment(server), manner()),
    'answers 413 ("too large"); the server has the metadata of a b.bz2 and not its data',
  );
  server.instead = () => undefined;
  assert((await upload(shipment(server), manner())).confirmed);
});

Deno.test("an answer that was lost is not sent again: the server is asked", async () => {
  await using server = new Observatory();
  server.instead = ({ line }) => {
    if (!line.endsWith("/data")) return undefined;
    server.files.get("a%20b.bz2")!.data = DATA;
    return new Response("the proxy gave up", { status: 502 });
  };
  assert((await upload(shipment(server), manner())).confirmed);
  assertEquals(server.lines.filter((line) => line.endsWith("/data")).length, 1);
});

Deno.test("answers to the metadata that lead nowhere", async () => {
  const cases: [Response, string][] = [
    [new Response("<html>"), 'is not a JSON object ("<html>")'],
    [Response.json([1]), "is not a JSON object"],
    [Response.json({ ok: true }), "has no __data"],
    [Response.json({ __data: 7 }), "has no __data"],
    [Response.json({ __data: "https://elsewhere.example/x" }), "the key is not given to others"],
    [Response.json({ __data: "http://" }), "the key is not given to others"],
    [
      new Response(null, { status: 301, headers: { location: "https://elsewhere.example/" } }),
      'points to "https://elsewhere.example/"; give that as --url',
    ],
  ];
  for (const [response, message] of cases) {
    await using server = new Observatory();
    server.instead = ({ line }) => line.startsWith("PUT") ? response : undefined;
    const said = await refused(shipment(server), manner());
    assertStringIncludes(said, message);
    assertEquals(server.lines.filter((line) => line.startsWith("PUT")).length, 1);
  }
});

Deno.test("the key and the data go to no other host", async () => {
  await using server = new Observatory();
  await using other = new Observatory();
  server.instead = ({ line }) =>
    line.startsWith("PUT") ? Response.json({ __data: `${other.origin}/data` }) : undefined;
  assertStringIncludes(await refused(shipment(server), manner()), "is not given to others");
  assertEquals(other.seen, []);
});

Deno.test("what is there already is left alone, and what is incomplete is reported", async () => {
  await using server = new Observatory();
  const how = manner();
  await upload(shipment(server), how);
  const before = server.lines.length;
  const { message, there } = await failure(shipment(server), how);
  assertStringIncludes(message, "is there already, with 300000 octets of data");
  assertEquals(there, 300_000);
  assertEquals(server.lines.slice(before), [`GET ${FILE}`]);

  await using short = new Observatory();
  short.instead = ({ line }) =>
    line.endsWith("/data") ? Response.json({ __data_size: 5 }) : undefined;
  assertStringIncludes(
    await refused(shipment(short), manner()),
    "has 5 octets of a b.bz2, and 300000 were sent: its copy is not whole",
  );
});

Deno.test("a server that does not say how much it has is believed, and that is reported", async () => {
  await using server = new Observatory();
  server.instead = ({ line }) =>
    line.startsWith("GET")
      ? new Response("no reading", { status: 405 })
      : line.endsWith("/data")
      ? new Response("thanks")
      : undefined;
  assertEquals((await upload(shipment(server), manner())).confirmed, false);
});

/** A server that takes a request and closes the connection after some octets, `times` times. */
function resetting(target: Observatory, times: number) {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  let left = times;
  let cut = 0;
  const serve = async (client: Deno.TcpConn) => {
    const begin = new Uint8Array(65_536);
    const got = await client.read(begin) ?? 0;
    const head = new TextDecoder().decode(begin.subarray(0, got));
    if (/^PUT \S+\/data /.test(head) && left > 0) {
      left--;
      cut++;
      client.close();
      return;
    }
    const port = Number(new URL(target.origin).port);
    const onward = await Deno.connect({ hostname: "127.0.0.1", port });
    await onward.write(begin.subarray(0, got));
    await Promise.allSettled([
      client.readable.pipeTo(onward.writable),
      onward.readable.pipeTo(client.writable),
    ]);
  };
  const serving = (async () => {
    const all: Promise<void>[] = [];
    for await (const client of listener) all.push(serve(client));
    await Promise.all(all);
  })();
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    cut: () => cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

Deno.test("a connection that is cut in the middle of the data is tried again", async () => {
  await using server = new Observatory();
  await using between = resetting(server, 1);
  server.instead = ({ line }) =>
    line === `PUT ${FILE}` ? Response.json({ __data: `${FILE}/data` }) : undefined;
  server.files.set("a%20b.bz2", { metadata: {}, data: null });
  const how = manner();
  assert((await upload(shipment(between), how)).confirmed);
  assertEquals(between.cut(), 1);
  assert(how.said.some((text) => text.includes("no answer from")));
  assertEquals(server.files.get("a%20b.bz2")!.data, DATA);

  await using again = resetting(server, 99);
  server.files.set("a%20b.bz2", { metadata: {}, data: null });
  assertStringIncludes(
    await refused(shipment(again), manner()),
    "in 3 attempts; the server has the metadata of a b.bz2; whether it has the data is not known",
  );
  assertEquals([again.cut(), server.files.get("a%20b.bz2")!.data], [3, null]);
});

Deno.test("nobody listening, and a server that says nothing", async () => {
  const port = (() => {
    using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    return listener.addr.port;
  })();
  assertStringIncludes(
    await refused(shipment({ origin: `http://127.0.0.1:${port}` }), manner()),
    "nothing was sent",
  );
  using silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const origin = `http://127.0.0.1:${silent.addr.port}`;
  assertStringIncludes(
    await refused(shipment({ origin }), manner({ retries: 0, patience: 50 })),
    "no data for 0.05 s; nothing was sent",
  );
});

Deno.test("an interruption ends it at once, and says what the server has", async () => {
  await using server = new Observatory();
  const stop = new AbortController();
  server.instead = ({ line }) => {
    if (!line.endsWith("/data")) return undefined;
    stop.abort();
    return new Response("late", { status: 503 });
  };
  const said = await refused(shipment(server), manner({ signal: stop.signal, retries: 20 }));
  assertStringIncludes(said, "the server has the metadata of a b.bz2; whether it has the data");
});
