import { assert, assertEquals, assertMatch } from "@std/assert";
import { LocateRun } from "../../src/mod.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { standIn } from "../probe/stand_in.ts";
import { locateRequest, pingRequest, traceRequest } from "./requests.ts";
import { doRun, endOf } from "./start.ts";

const HOPS = ["100.64.0.2", "100.64.0.10", "100.64.0.18"];

rootTest("ping: what was found is handed on in the order of the hosts, and counted", async () => {
  await using lab = await TargetLab.open({ routers: 3, boxes: ["drop"] });
  const within = (line: readonly string[]) => lab.exec(line);
  const [four = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const [silent = ""] = lab.addresses("drop", 4, 1);
  // The silent one ends last, and comes first all the same
  const hosts = [silent, four, "127.0.0.1", six];
  const events = await doRun("ping", pingRequest({ hosts }), { within });
  assertEquals(events.filter(({ underWay }) => !underWay), [
    {
      missing: "127.0.0.1",
      problem: '"127.0.0.1" is this host itself, which no path leads to',
    },
    { begun: 3 },
    { name: silent, address: silent, sent: 3, received: 0, refused: null },
    { name: four, address: four, sent: 3, received: 3, refused: null },
    { name: six, address: six, sent: 3, received: 3, refused: null },
    { outcome: { missing: 1, refused: 0, failure: null } },
  ]);
});

rootTest("ping: the signal ends it in the middle, and what was found stands", async () => {
  await using lab = await TargetLab.open();
  const hosts = lab.addresses("transparent", 4, 2);
  const events = await doRun("ping", { ...pingRequest({ hosts }), queries: "endless" }, {
    within: (line) => lab.exec(line),
    ends: (events) => events.some(({ underWay }) => underWay),
  });
  const found = events.filter(({ name }) => name !== undefined);
  assertEquals(found.map(({ name }) => name), hosts);
  for (const { sent, received } of found) {
    assert(Number(sent) >= 3 && sent === received, JSON.stringify(events));
  }
  assertEquals(endOf(events), { outcome: { missing: 0, refused: 0, failure: null } });
});

Deno.test("ping: the end of mtr-packet is reported, and what was found before it stands", async () => {
  const within = (line: readonly string[]) => [
    "env",
    `MTR_PACKET=${standIn("answers-and-dies").join(" ")}`,
    ...line,
  ];
  const events = await doRun("ping", pingRequest(), { within });
  const [found, { outcome }] = events.slice(-2) as [
    Record<string, unknown>,
    { outcome: Record<string, unknown> },
  ];
  assertEquals([found.name, found.received], ["192.0.2.1", 1]);
  assertMatch(String(outcome.failure), /ended with status 0/);
});

Deno.test("ping: without an mtr-packet nothing begins", async () => {
  const within = (line: readonly string[]) => ["env", "MTR_PACKET=/nonexistent/mtr", ...line];
  const events = await doRun("ping", pingRequest(), { within });
  assertEquals(events.length, 1);
  assertMatch(String(endOf(events).error), /is not installed: install mtr-tiny/);
});

rootTest("trace: the hops of each path, and what does not go with IPv6", async () => {
  await using lab = await TargetLab.open({ routers: 3 });
  const within = (line: readonly string[]) => lab.exec(line);
  const [four = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const one = await doRun("trace", traceRequest({ hosts: [four] }), { within });
  assertEquals(one.filter(({ name }) => name !== undefined), [
    { name: four, paths: [[...HOPS, four]] },
  ]);
  assertEquals(endOf(one), { outcome: { missing: 0, refused: 0, failure: null } });
  const several = { hosts: [four, six], protocol: "udp", paths: 2 } as const;
  const refused = await doRun("trace", traceRequest(several), { within });
  assertEquals(refused, [{
    error:
      `over IPv6 mtr-packet cannot hold both ports, and ${six} is IPv6; give ipVersion 4, or ` +
      "leave out paths",
  }]);
});

rootTest("trace: the signal ends it in the middle, and the path is there", async () => {
  await using lab = await TargetLab.open({ routers: 3 });
  const hosts = lab.addresses("transparent", 4, 1);
  const events = await doRun("trace", { ...traceRequest({ hosts }), queries: "endless" }, {
    within: (line) => lab.exec(line),
    ends: (events) => events.some(({ underWay }) => underWay),
  });
  assertEquals(events.filter(({ name }) => name !== undefined), [
    { name: hosts[0], paths: [[...HOPS, hosts[0]]] },
  ]);
  assertEquals(endOf(events), { outcome: { missing: 0, refused: 0, failure: null } });
});

rootTest("locate: where a field is changed, and what cannot be looked for", async () => {
  await using lab = await TargetLab.open({ routers: 3, at: 2, boxes: ["dscp-clear"] });
  const within = (line: readonly string[]) => lab.exec(line);
  const [bleached = ""] = lab.addresses("dscp-clear", 4, 1);
  const found = await doRun("locate", locateRequest({ hosts: [bleached] }), { within });
  assertEquals(found, [
    { name: bleached, problem: null, changes: [[2, 3]] },
    { outcome: { missing: 0, refused: 0, failure: null } },
  ]);
  const hosts = lab.addresses("transparent", 6, 1);
  const evil = await doRun("locate", locateRequest({ hosts, feature: "evilbit" }), { within });
  assertEquals(evil, [
    { name: hosts[0], problem: "IPv6 packets have no evilbit", changes: [] },
    { outcome: { missing: 0, refused: 1, failure: null } },
  ]);
  const nowhere = await doRun("locate", locateRequest({ hosts, interface: "none0" }), { within });
  assertMatch(String(endOf(nowhere).error), /^there is no interface none0: choose one of /);
});

rootTest("locate: the signal ends it in the middle, and no path is begun after it", async () => {
  await using lab = await TargetLab.open({ routers: 2 });
  const hosts = lab.addresses("transparent", 4, 50);
  const events = await doRun("locate", locateRequest({ hosts, workers: 1, repeats: 20 }), {
    within: (line) => lab.exec(line),
    ends: (events) => events.length > 0,
  });
  const problems = events.slice(0, -1).map(({ problem }) => problem);
  assertEquals(problems[0], null);
  assert(problems.length < hosts.length, "it went on");
  for (const problem of problems) assert(problem === null || problem === "it was interrupted");
  assertEquals(endOf(events), {
    outcome: {
      missing: 0,
      refused: problems.filter((problem) => problem !== null).length,
      failure: null,
    },
  });
});

rootTest("locate: a sink that fails ends it with its error, however soon", async () => {
  // None of them can be looked at, which is known at once
  const hosts = Array.from({ length: 100 }, (_, at) => `fd01::${at + 1}`);
  const request = locateRequest({ hosts, feature: "evilbit", interface: "lo", workers: 200 });
  const run = new LocateRun(request, {
    sink: () => Promise.reject(new Error("no room")),
    listener: { missing: () => {} },
  });
  const { failure } = await run.run(new AbortController().signal);
  assertEquals((failure as Error).message, "no room");
});
