import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../../../src/host/failure.ts";
import {
  experimentLogs,
  type LogEntry,
  type LogFilter,
} from "../../../../src/lab/experiment/result/logs.ts";
import { Folder } from "../../../data/temporary.ts";
import { descriptors, openedSince } from "../../../descriptors.ts";

const TIME = "2026-11-30T12:00:00.000Z";

const EVENTS = [
  { type: "plugin.loaded", kind: "spider", name: "ecn", version: "1.0.0" },
  { type: "network.fault", text: "a queue is full" },
  { type: "service.ready", test: "ecn[ip=4]", service: "web", seconds: 0.06015902700000004 },
  { type: "service.stopped", service: "web", problem: null },
  { type: "service.stopped", service: "dns", problem: "It ended with 1." },
  { type: "protocol.event", service: "web", protocol: "http", event: "served", line: "GET /" },
  { type: "expectation.missed", test: "ecn[ip=4]", expectation: "must a.b", missed: 3, of: 4 },
  { type: "metric.value", name: "curl.seconds", value: 0.000123456789 },
  { type: "later.event", test: "ecn[ip=4]", value: { deep: [1] } },
].map((event, at) => JSON.stringify({ id: at + 1, time: TIME, ...event }));

function write(folder: Folder, name: string, text: string): void {
  const path = folder.at(name);
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

function results(events = EVENTS.join("\n")): Folder {
  const folder = new Folder();
  write(folder, "events.ndjson", events);
  write(folder, "001-ecn/services/web/nginx.log", "starts\n[error] no \x1b[31mfile\n");
  write(folder, "001-ecn/services/web/nginx.conf", "error\n");
  write(folder, "001-ecn/services/dns/unbound.log", "[warn] slow\r\nthe end");
  write(folder, "001-ecn/testers/ecn.log", "2 targets\tdone\n");
  return folder;
}

async function logs(folder: Folder, filter?: LogFilter): Promise<LogEntry[]> {
  return await Array.fromAsync(experimentLogs(folder.path, filter));
}

async function texts(folder: Folder, filter?: LogFilter): Promise<string[]> {
  return (await logs(folder, filter)).map(({ text }) => text);
}

Deno.test("events come with their level and place, and all that is told of them", async () => {
  using folder = results();
  const events = (await logs(folder)).filter(({ time }) => time !== null);
  assertEquals(events.map(({ level, test, service, text }) => [level, test, service, text]), [
    ["debug", null, null, "plugin.loaded kind=spider name=ecn version=1.0.0"],
    ["warning", null, null, `network.fault text="a queue is full"`],
    ["info", "ecn[ip=4]", "web", "service.ready seconds=0.06"],
    ["info", null, "web", "service.stopped"],
    ["error", null, "dns", `service.stopped problem="It ended with 1."`],
    ["debug", null, "web", `protocol.event protocol=http event=served line="GET /"`],
    ["error", "ecn[ip=4]", null, `expectation.missed expectation="must a.b" missed=3 of=4`],
    ["info", null, null, "metric.value name=curl.seconds value=0.000123457"],
    ["info", "ecn[ip=4]", null, `later.event value={"deep":[1]}`],
  ]);
  assertEquals(events[0]!.time, TIME);
});

Deno.test("logs of services and testers come behind, by groups, safe for a terminal", async () => {
  using folder = results("");
  assertEquals(
    await logs(folder),
    [
      ["dns", "warning", "[warn] slow"],
      ["dns", "info", "the end"],
      ["web", "info", "starts"],
      ["web", "error", "[error] no ?[31mfile"],
      ["ecn", "info", "2 targets\tdone"],
    ].map(([service, level, text]) =>
      ({ test: "001-ecn", service, level, time: null, text }) as LogEntry
    ),
  );
});

Deno.test("lines are chosen by service, least level and pattern", async () => {
  using folder = results();
  assertEquals(await texts(folder, { service: "dns" }), [
    `service.stopped problem="It ended with 1."`,
    "[warn] slow",
    "the end",
  ]);
  assertEquals(await texts(folder, { level: "error" }), [
    `service.stopped problem="It ended with 1."`,
    `expectation.missed expectation="must a.b" missed=3 of=4`,
    "[error] no ?[31mfile",
  ]);
  assertEquals(await texts(folder, { grep: "^s.*s$|slow" }), ["[warn] slow", "starts"]);
  assertEquals(await texts(folder, { grep: "slow", service: "web" }), []);
});

Deno.test("a pattern that is none is refused with the reason", async () => {
  using folder = results();
  const { message } = await assertRejects(() => logs(folder, { grep: "a(b" }), Failure);
  assertMatch(message, /^"a\(b" is not a regular expression \(Unterminated group\): /);
});

Deno.test("damaged lines of the events are counted and named, whatever is chosen", async () => {
  const nested = `{"time":"","type":"x","v":${"[".repeat(1e5)}${"]".repeat(1e5)}}`;
  const bad = ["{", "", "[]", "null", `{"type":1}`, nested, "x".repeat((1 << 20) + 1)];
  using folder = results([EVENTS[4], ...bad, EVENTS[2]].join("\n"));
  assertEquals(await texts(folder, { service: "dns", level: "error" }), [
    `service.stopped problem="It ended with 1."`,
    "events.ndjson has 7 damaged lines, left out here: 2, 3, 4, 5, 6, ...",
  ]);
  using once = results(`${EVENTS[0]}\n{"id": 2, "ti`);
  assertStringIncludes((await texts(once)).join("\n"), "has 1 damaged line, left out here: 2");
});

Deno.test("long lines are cut, and their patterns see no more of them", async () => {
  using folder = results("");
  write(folder, "002-long/testers/a.log", `${"x".repeat(5000)}end\n${"y".repeat(3 << 20)}`);
  const found = (await logs(folder, { service: "a" })).map(({ text }) => text);
  assertEquals(found, ["x".repeat(4096), "(a line that is too long)"]);
  assertEquals(await texts(folder, { grep: "end", service: "a" }), []);
});

Deno.test("no link is followed, be it a file or a folder; the folder itself may be one", async () => {
  using secret = new Folder();
  write(secret, "secret.log", "secret\n");
  write(secret, "services/web/secret.log", "secret\n");
  using folder = results("");
  const before = await texts(folder);
  Deno.symlinkSync(secret.at("secret.log"), folder.at("001-ecn/services/web/linked.log"));
  Deno.symlinkSync(secret.path, folder.at("001-ecn/services/linked"));
  Deno.symlinkSync(secret.path, folder.at("002-linked"));
  Deno.mkdirSync(folder.at("003-group"));
  Deno.symlinkSync(secret.at("services"), folder.at("003-group/services"));
  Deno.symlinkSync(secret.path, folder.at("003-group/testers"));
  assertEquals(await texts(folder), before);
  Deno.symlinkSync(folder.path, secret.at("latest"));
  assertEquals(
    await Array.fromAsync(experimentLogs(secret.at("latest")), ({ text }) => text),
    before,
  );
  Deno.renameSync(folder.at("events.ndjson"), secret.at("events.ndjson"));
  Deno.symlinkSync(secret.at("events.ndjson"), folder.at("events.ndjson"));
  await assertRejects(() => logs(folder), Failure, "has a file events.ndjson");
});

Deno.test("what is no results folder is refused", async () => {
  using folder = new Folder();
  await assertRejects(() => logs(folder), Failure, "is not the results folder of an experiment");
  const nowhere = experimentLogs(folder.at("nowhere"));
  await assertRejects(() => nowhere.next(), Failure, "there is no such file or folder");
});

Deno.test("whoever has seen enough leaves no file open", async () => {
  using folder = results();
  const before = descriptors();
  for await (const _ of experimentLogs(folder.path)) break;
  for await (const { text } of experimentLogs(folder.path)) if (text === "[warn] slow") break;
  await logs(folder);
  assertEquals(openedSince(before), []);
});

Deno.test("whatever stands in the files, it is shown as lines that a terminal does not obey", async () => {
  const octets = fc.uint8Array({ maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(octets, octets, async (events, log) => {
      using folder = results("");
      folder.put("events.ndjson", events);
      folder.put("001-ecn/services/web/nginx.log", log);
      for (const { text, service, test } of await logs(folder)) {
        assertEquals(/[^\P{C}\t]/u.test(`${text}${service}${test}`), false);
      }
    }),
    { numRuns: 30 },
  );
});
