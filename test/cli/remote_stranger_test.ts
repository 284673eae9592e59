/** Servers that break, refuse, and send nonsense, and what comes of it here. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { RunningServer } from "../serve/running_server.ts";
import { outcome, type ProgramRun, results, spider, start } from "../spider.ts";
import {
  type Answer,
  described,
  events,
  ID,
  RESULTS,
  StandIn,
  stream,
  Torn,
} from "./remote_stand_in.ts";

const input = "192.0.2.1\n192.0.2.2\n";
const encode = (text: string) => new TextEncoder().encode(text);

/** Measures on a stand-in. */
async function measured(
  instead: Readonly<Record<string, Answer>>,
  ...options: string[]
): Promise<ProgramRun & { readonly asked: readonly string[] }> {
  await using server = new StandIn(instead);
  const ended = await inProcess(["remote", ...options, server.url, "measure", "mss"], { input });
  return { ...ended, asked: server.asked };
}

const EVENTS = `GET /measurements/${ID}/events`;
const RESULTS_OF = `GET /measurements/${ID}/results`;

Deno.test("a broken stream of events goes on behind the last one, and no result is there twice", async () => {
  const lasts: (string | null)[] = [];
  const progress = { done: 1, targets: 2, results: 1, settled: 1, unobserved: 0, drops: 0 };
  const { code, out, err, asked } = await measured({
    [EVENTS]: ({ headers }) => {
      lasts.push(headers.get("last-event-id"));
      if (lasts.length > 1) return stream(events([4, "ended", { state: "completed" }]));
      let pulls = 0;
      return stream(
        new ReadableStream({
          pull(controller) {
            if (pulls++ > 0) return controller.error(new Torn());
            const some = events([3, "started", {}], [null, "progress", progress], [
              null,
              "new",
              {},
            ]);
            controller.enqueue(encode(`: still here\n\n${some}event: log\ndata: {"lev`));
          },
        }),
      );
    },
    [RESULTS_OF]: ({ url }) => {
      const { searchParams } = new URL(url);
      const [after, limit] = ["after", "limit"].map((name) => Number(searchParams.get(name)));
      const some = RESULTS.slice(after, after! + limit!);
      const link = `</measurements/${ID}/results?limit=${limit}&after=${
        after! + some.length
      }>; rel="next"`;
      const headers = after! + some.length < 2 ? { link } : {};
      return new Response(some.map((line) => `${line}\n`).join(""), { headers });
    },
  });
  assertEquals([code, lasts], [0, ["0", "3"]], err);
  assertEquals(out, `${RESULTS.join("\n")}\n`);
  assertMatch(
    err,
    /the connection to 127\.0\.0\.1:\d+ broke \(.*\); trying again in 0\.5 s\n2 targets in /,
  );
  assertEquals(asked.filter((line) => line.includes("/results")).length, 2);
});

Deno.test("what makes no sense is told as that, and not shown to a terminal as it is", async () => {
  const json = (value: unknown, init?: ResponseInit) => () => Response.json(value, init);
  const endless = () =>
    stream(
      new ReadableStream({
        pull: (controller) => controller.enqueue(encode("data: x".repeat(1e4))),
      }),
    );
  const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
  const link = { link: `<x?after=0>; rel="next"` };
  const html = () => new Response("<html>", { headers: { "content-type": "text/html" } });
  const cases: [Record<string, Answer>, RegExp][] = [
    [
      { "GET /spiders": html },
      /does not answer as spider serve does: \/spiders is no JSON; is that/,
    ],
    [{ "GET /spiders": json([]) }, /in \/spiders it is not as it must be/],
    [
      { "GET /spiders": json({ spiders: [{ name: "\u001b[31m" }] }) },
      /in \/spiders spiders\.0\.name is/,
    ],
    [{ "GET /spiders/mss": json({ name: "mss" }) }, /in \/spiders\/mss version is not/],
    [{ "GET /spiders": () => new Response(deep) }, /in \/spiders it is not as it must be/],
    [
      { "GET /spiders": () => new Response(" ".repeat(5 << 20)) },
      /an answer has more than 4194304 /,
    ],
    [
      { "POST /measurements": json({ ...described("queued"), id: "../keys" }) },
      /measurements id is not/,
    ],
    [{ [EVENTS]: html }, /events are of another type/],
    [{ [EVENTS]: endless }, /an event has more than 1048576 characters/],
    [{ [EVENTS]: () => stream("id: x\nevent: ended\ndata: {}\n\n") }, /an event's id is no number/],
    [{ [EVENTS]: () => stream("event: progress\ndata: {}\n\n") }, /an event progress is not as it/],
    [{ [RESULTS_OF]: () => new Response("nonsense\n") }, /a result is no JSON/],
    [{ [RESULTS_OF]: () => new Response("[1]\n") }, /a result is no object/],
    [{ [RESULTS_OF]: () => new Response(`{"a":${deep}}\n`) }, /a result is no object/],
    [{ [RESULTS_OF]: () => new Response('{"conditions":[7]}\n') }, /a condition is no word/],
    [{ [RESULTS_OF]: () => new Response("{}\n".repeat(2001)) }, /more results than were asked for/],
    [{ [RESULTS_OF]: () => new Response("{}\n", { headers: link }) }, /round in a circle/],
  ];
  for (const [instead, message] of cases) {
    const { code, err } = await measured(instead);
    assertEquals(code, 1, `${message} ${err}`);
    assertMatch(err, message);
    assert(!/\p{C}/u.test(err.replaceAll("\n", "")), err);
  }
});

Deno.test("a server that refuses is told in its own words, cleaned, with what to do", async () => {
  const problem = (status: number, detail: string, more: object = {}) => () =>
    Response.json({ status, detail, ...more }, { status });
  const asked = "POST /measurements";
  const errors = [{ in: "body", at: "/rate", detail: "must be a number" }];
  const cases: [Record<string, Answer>, RegExp][] = [
    [{ [asked]: problem(403, "no \u001b[2J\u202e way") }, /refuses: no \?\[2J\? way\n$/],
    [
      { [asked]: problem(422, "it is wrong", { errors }) },
      /refuses: it is wrong; \/rate must be a number/,
    ],
    [
      { [asked]: problem(413, "at most 3") },
      /takes no more at once: at most 3; give it fewer targets/,
    ],
    [{ [asked]: problem(507, "no room") }, /cannot do it \(507\): no room/],
    [
      { [asked]: () => new Response("x", { status: 403 }) },
      /answers 403, and not as spider serve does/,
    ],
    [
      {
        [asked]: () =>
          new Response(null, { status: 301, headers: { location: "https://x.example" } }),
      },
      /answers 301 and points to https:\/\/x\.example: give that as URL/,
    ],
    [
      { [asked]: () => Response.json({}, { status: 429, headers: { "retry-after": "0" } }) },
      /asks for patience \(429\); trying again in 0 s\n(.*\n){3}spider: .* was asked too often/,
    ],
  ];
  for (const [instead, message] of cases) {
    const { code, out, err } = await measured(instead);
    assertEquals([code, out], [1, ""], err);
    assertMatch(err, message);
  }
  let often = 0;
  const { code, asked: all } = await measured({
    [asked]: () =>
      often++ < 2
        ? Response.json({}, { status: 503, headers: { "retry-after": "0" } })
        : Response.json(described("queued")),
  });
  assertEquals([code, all.filter((line) => line === asked).length], [0, 3]);
  const nowhere = await inProcess(["remote", "http://127.0.0.1:9999", "ping", "192.0.2.1"]);
  assertEquals(nowhere.code, 1);
  assertMatch(
    nowhere.err,
    /cannot reach 127\.0\.0\.1:9999 \(.*refused\): is URL right, and does spider serve/,
  );
});

Deno.test("a key comes from a file or a variable, and goes to no one who could read it on the way", async () => {
  using folder = new Folder();
  await using running = new RunningServer();
  const known = running.key();
  const key = folder.put("key", encode(`${known}\n`));
  const help = (options: string[], env = {}) =>
    inProcess(["remote", ...options, "measure", "ecn", "--help"], { env });
  for (
    const { code, out } of [
      await help(["--key-file", key, running.url]),
      await help([running.url], { SPIDER_KEY: known }),
    ]
  ) {
    assertEquals(code, 0);
    assertMatch(out, /^Usage\n {2}spider remote URL measure ecn \[OPTIONS\]/m);
    assert(!out.includes("--interface"), out);
  }
  const none = await help([running.url]);
  assertMatch(
    none.err,
    /wants a key: put it into the variable SPIDER_KEY, or name its file with --key-file/,
  );
  const wrong = await help([running.url], { SPIDER_KEY: `${known.slice(0, -1)}!` });
  assertMatch(wrong.err, /does not take the key of SPIDER_KEY: the key is /);
  const broken = await help([running.url], { SPIDER_KEY: "two words" });
  assertMatch(broken.err, /SPIDER_KEY holds blanks or other characters that no key has/);
  const clear = await help(["http://192.0.2.1:8642"], { SPIDER_KEY: known });
  assertEquals(clear.code, 2);
  assertMatch(
    clear.err,
    /the key of SPIDER_KEY could be read on the way to 192\.0\.2\.1:8642: ask by https/,
  );
  for (const { err } of [none, wrong, broken, clear]) {
    assert(!err.includes(known.slice(0, -1)), err);
  }
  const gone = await inProcess(["remote", running.url, "--attach", ID], {
    env: { SPIDER_KEY: known },
  });
  assertEquals([gone.code, /refuses: there is no measurement/.test(gone.err)], [1, true], gone.err);
});

Deno.test("a key for this host goes through no proxy", async () => {
  await using proxy = new StandIn();
  await using server = new StandIn();
  const within = (line: readonly string[]) => ["env", `http_proxy=${proxy.url}`, ...line];
  for (const url of [server.url, server.url.replace("127.0.0.1", "localhost")]) {
    const { code, err } = await spider(["remote", url, "measure", "--help"], { within });
    assertEquals(code, 0, err);
  }
  assertEquals([proxy.asked, server.asked], [[], ["GET /spiders", "GET /spiders"]]);
});

Deno.test("by https it asks whom it trusts, or whom --ca says", async () => {
  using folder = new Folder();
  const [key, certificate] = [folder.at("key.pem"), folder.at("certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  // One of an authority, as openssl makes it otherwise, is no server's to TLS here
  const server = [
    "-addext",
    "subjectAltName=DNS:localhost",
    "-addext",
    "basicConstraints=CA:FALSE",
  ];
  const whose = ["-subj", "/CN=localhost", ...server];
  const { success } = await new Deno.Command("openssl", {
    args: ["req", "-x509", ...kind, ...whose, "-days", "2", "-keyout", key, "-out", certificate],
    stderr: "null",
  }).output();
  assert(success, "openssl makes no certificate");
  await using running = new RunningServer({ listen: { tls: { certificate, key } } });
  const url = running.url.replace("127.0.0.1", "localhost");
  const help = (...options: string[]) =>
    inProcess(["remote", ...options, url, "measure", "--help"]);
  const refused = await help();
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /cannot prove who it is \(.*\): name who vouches for it with --ca/);
  const { code, out, err } = await help("--ca", certificate);
  assertEquals(code, 0, err);
  assertMatch(out, /^Spiders\n.*ecn/m);
  assertMatch((await help("--ca", folder.put("x", encode("x")))).err, /x has no certificate: PEM/);
});

Deno.test("a second Ctrl-C leaves at once, and says how to come back", async () => {
  const stopping = Promise.withResolvers<void>();
  const forever = Promise.withResolvers<Response>();
  const begun = Promise.withResolvers<void>();
  await using server = new StandIn({
    [EVENTS]: () => {
      begun.resolve();
      return stream(
        new ReadableStream({ start: (controller) => controller.enqueue(encode(": \n\n")) }),
      );
    },
    [`POST /measurements/${ID}/stop`]: () => {
      stopping.resolve();
      return forever.promise;
    },
  });
  const child = start(["remote", server.url, "measure", "mss"]);
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  await writer.write(encode(input));
  await writer.close();
  await begun.promise;
  child.kill("SIGINT");
  await stopping.promise;
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  forever.resolve(Response.json({}));
  assertEquals([code, out], [130, ""], err);
  assertMatch(
    err,
    /^Asking .* to end the measurement with 2 targets left; another Ctrl-C leaves, and it goes on/,
  );
});

Deno.test("one that failed, or that someone else ended, is no success", async () => {
  const look = `GET /measurements/${ID}`;
  const failed = await measured({
    [look]: () => Response.json(described("failed", { problem: "no \u0007 interface" })),
    [RESULTS_OF]: () => new Response(""),
  });
  assertEquals([failed.code, failed.out], [1, ""]);
  assertMatch(failed.err, /the measurement failed on 127\.0\.0\.1:\d+: no \? interface/);
  const stopped = await measured({ [look]: () => Response.json(described("stopped")) });
  assertEquals([stopped.code, results(stopped.out).length], [1, 2]);
  assertMatch(
    stopped.err,
    /warning: interrupted.*\n(.*\n)*spider: the measurement was ended on .* by someone else/,
  );
});

Deno.test("results that cannot be written end the measurement on the server", async () => {
  using folder = new Folder();
  const output = folder.at("no/such/folder");
  await using server = new StandIn();
  const words = ["measure", "mss", "--output", output];
  const { code, err } = await inProcess(["remote", server.url, ...words], { input });
  assertEquals(code, 1);
  assertMatch(err, /cannot write .*no\/such\/folder/);
  assert(server.asked.includes(`POST /measurements/${ID}/stop`), server.asked.join());
});
