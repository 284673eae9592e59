import { assert, assertEquals, assertMatch } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { ECN_TRUTH } from "../../lab/ecn_truth.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { until } from "../../until.ts";
import { FastClock } from "../fast_clock.ts";
import { serverIn } from "../lab_server.ts";
import type { RunningServer } from "../running_server.ts";

interface Described {
  readonly id: string;
  readonly state: string;
  readonly problem: string | null;
  readonly results: number;
  readonly targets: { readonly all: number; readonly done: number; readonly skipped: number };
  readonly conditions: Readonly<Record<string, number>>;
}

/** Asks for a measurement; its id. */
async function post(running: RunningServer, json: object, key?: string): Promise<string> {
  const more = key === undefined ? {} : { key };
  const { status, headers, text } = await running.ask("/measurements", {
    ...{ method: "POST", json },
    ...more,
  });
  assertEquals(status, 202, text);
  const { id } = JSON.parse(text);
  assertEquals(headers.get("location"), `/measurements/${id}`);
  return id;
}

async function described(running: RunningServer, id: string, key?: string): Promise<Described> {
  const more = key === undefined ? {} : { key };
  return JSON.parse((await running.ask(`/measurements/${id}`, more)).text);
}

/** Waits until a measurement has ended, by its events; what they are. */
async function events(running: RunningServer, id: string, last = 0): Promise<[string, string][]> {
  const { text } = await running.ask(`/measurements/${id}/events`, {
    headers: { "last-event-id": String(last) },
  });
  return text.split("\n\n").filter((event) => event.startsWith("id: ")).map((event) => {
    const [, type = "", data = ""] = /event: (\w+)\ndata: (.*)/.exec(event) ?? [];
    return [type, data];
  });
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

rootTest("a measurement is asked for, watched to its end, and read in parts", async () => {
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn", "ecn-clear-syn"] });
  using _state = new StateDirectory();
  await using running = serverIn(lab);
  const boxes = ["transparent", "ecn-drop-syn", "ecn-clear-syn"] as const;
  const targets = boxes.flatMap((box) => lab.addresses(box, 4, 4));
  const id = await post(running, {
    spider: "ecn",
    name: "spring",
    targets,
  });
  const heard = await events(running, id);
  assertEquals(heard.map(([type]) => type), ["started", "ended"]);
  const found = await described(running, id);
  assertEquals([found.state, found.results, found.targets], [
    "completed",
    12,
    { all: 12, done: 12, skipped: 0 },
  ]);
  assertEquals(found.conditions["ecn.connectivity.broken"], 4);

  const all = lines((await running.ask(`/measurements/${id}/results`)).text).map((line) =>
    JSON.parse(line)
  );
  // Of a measurement that is made once they are as `spider measure` writes them
  assert(all.every((one) => !("run" in one)));
  assertEquals(all.map(({ dip }) => dip).sort(), [...targets].sort());
  for (const [at, box] of boxes.entries()) {
    const own = targets.slice(4 * at, 4 * at + 4);
    for (const { dip, conditions } of all) {
      if (own.includes(dip)) assertEquals(conditions, ECN_TRUTH[box].tcp, box);
    }
  }
  const some = async (query: string) => {
    const { text } = await running.ask(`/measurements/${id}/results?${query}`);
    return lines(text).map((line) => JSON.parse(line).dip).sort();
  };
  assertEquals(await some("condition=ecn.connectivity.broken"), targets.slice(4, 8).sort());
  assertEquals(await some(`prefix=${targets[0]}/32`), [targets[0]]);
  assertEquals(await some("prefix=2001:db8::/32"), []);
  assertEquals(await some(`to=${all[0].time.from}`).then(({ length }) => length < 12), true);

  const paged: string[] = [];
  for (let path: string | undefined = `/measurements/${id}/results?limit=5`; path !== undefined;) {
    const { headers, text } = await running.ask(path);
    paged.push(...lines(text).map((line) => JSON.parse(line).dip));
    path = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
  }
  assertEquals(paged.toSorted(), [...targets].sort());
  const csv = lines((await running.ask(`/measurements/${id}/results?format=csv`)).text);
  assertEquals([csv[0], csv.length], ["dip,dp,domain,rank,sip,from,to,conditions,run", 13]);
  // What came before an event is not told again
  assertEquals((await events(running, id, 1)).map(([type]) => type), ["ended"]);
  assertEquals((await running.ask(`/measurements/${id}`, { method: "DELETE" })).status, 204);
  assertEquals((await running.ask(`/measurements/${id}`)).status, 404);
});

rootTest("those with other keys see it not, and wait no longer than a turn", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using running = serverIn(lab, { measure: { turn: 0.1 } });
  const [alice, bob] = [running.key(), running.key()];
  const admin = running.key({ scopes: ["admin"] });
  const many = lab.addresses("transparent", 4, 3000);
  const long = await post(running, { spider: "mss", targets: many, rate: 1000 }, alice);
  const short = await post(running, { spider: "mss", targets: many.slice(0, 1) }, bob);
  await until("the short one has ended", async () => {
    return (await described(running, short, bob)).state === "completed";
  });
  const other = await described(running, long, alice);
  assert(other.state === "running" && other.targets.done < 3000, JSON.stringify(other));
  for (const path of ["", "/results", "/events"]) {
    const { status } = await running.ask(`/measurements/${long}${path}`, { key: bob });
    assertEquals(status, 404, path);
  }
  const seen = async (key: string) =>
    JSON.parse((await running.ask("/measurements", { key })).text).measurements.length;
  const reader = running.key({ scopes: ["read"] });
  assertEquals(
    [await seen(alice), await seen(bob), await seen(admin), await seen(reader)],
    [1, 1, 2, 2],
  );
  const stopped = await running.ask(`/measurements/${long}`, { method: "DELETE", key: alice });
  assertEquals(stopped.status, 202);
  await until("it is stopped", async () => {
    return (await described(running, long, alice)).state === "stopped";
  });
  const { results, targets } = await described(running, long, alice);
  assertEquals(results, targets.done);
});

rootTest(
  "a server that ends goes on after the next start, and nothing is lost or done twice",
  async () => {
    await using lab = await TargetLab.open();
    using _state = new StateDirectory();
    using folder = new Folder();
    const many = lab.addresses("transparent", 4, 2000);
    let id: string;
    {
      await using running = serverIn(lab, { measure: { turn: 0.3 } }, folder);
      id = await post(running, { spider: "mss", targets: many, rate: 1500 });
      await until("some are done", async () => (await described(running, id)).results > 300);
    }
    await using again = serverIn(lab, {}, folder);
    const before = await described(again, id);
    assert(before.results < 2000, `${before.results}`);
    await events(again, id);
    const found = await described(again, id);
    assertEquals([found.state, found.results, found.targets.done], ["completed", 2000, 2000]);
    const results = lines((await again.ask(`/measurements/${id}/results`)).text);
    assertEquals(results.map((line) => JSON.parse(line).dip).sort(), [...many].sort());
  },
);

rootTest("what does not want to be measured is left alone, whoever asks", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  using folder = new Folder();
  const targets = lab.addresses("transparent", 4, 4);
  const blocklist = folder.put("blocked", new TextEncoder().encode(`${targets[1]} # by mail\n`));
  await using running = serverIn(lab, {
    politeness: { blocklist, opted_out: [`${targets[2]}/32`], about: "Ask noc@example.org." },
  });
  const id = await post(running, { spider: "mss", targets });
  const heard = await events(running, id);
  const said = heard.filter(([type]) => type === "log").map(([, data]) => JSON.parse(data));
  const problem = `"${targets[1]}" does not want to be measured`;
  const [first, ...others] = said.filter(({ target }) => target === 2);
  assertEquals([first.text, first.outcome, first.problem, others], [
    ...[`target 2: ${problem}`, "skipped", problem, []],
  ]);
  assertMatch(said.at(-1).text, /^2 targets do not want to be measured, and were left out$/);
  const found = await described(running, id);
  assertEquals([found.results, found.targets], [2, { all: 4, done: 4, skipped: 2 }]);
  assert((await running.ask("/about")).text.startsWith("Ask noc@example.org.\n"));
  const { status, text } = await running.ask("/measurements", {
    method: "POST",
    json: {
      spider: "dnsresolv",
      options: { resolver: `${targets[2]}:53` },
      targets: ["a.example"],
    },
  });
  assertEquals([status, JSON.parse(text).errors[0].at], [422, "/options/resolver"]);
});

rootTest("nobody measures faster than the host's rate, whatever he asks for", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using running = serverIn(lab, { measure: { rate: 10 } });
  const targets = lab.addresses("transparent", 4, 8);
  const id = await post(running, { spider: "mss", targets, rate: 10_000 }, running.key());
  const admin = running.key({ scopes: ["admin"] });
  await running.ask(`/measurements/${id}/events`, { key: admin });
  const { text } = await running.ask(`/measurements/${id}/results`, { key: admin });
  const times = lines(text).map((line) => Date.parse(JSON.parse(line).time.from)).sort();
  assertEquals(times.length, 8);
  // Seven turns of 100 ms, of which 50 ms may be caught up, and the first target may begin late: of 10 ms
  // at the rate that was asked for, no stall makes half of that
  assert(times.at(-1)! - times[0]! >= 350, times.join());
});

rootTest("a measurement that this host cannot make fails with the reason", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using running = serverIn(lab, { measure: { interface: ["nothing0"] } });
  const id = await post(running, { spider: "ecn", targets: lab.addresses("transparent", 4, 1) });
  await events(running, id);
  const { state, problem } = await described(running, id);
  assertEquals(state, "failed");
  assertMatch(problem ?? "", /nothing0/);
});

rootTest(
  "a measurement is made again and again, as its schedule says, until that ends",
  async () => {
    await using lab = await TargetLab.open();
    using _state = new StateDirectory();
    const clock = new FastClock();
    await using running = serverIn(lab, {}, undefined, { clock });
    const [target] = lab.addresses("transparent", 4, 1);
    const id = await post(running, {
      spider: "mss",
      targets: [target],
      schedule: { interval: 6 * 3600, start: "2026-12-01T00:00:00Z", stop: "2026-12-01T23:00:00Z" },
    });
    const heard = await events(running, id);
    assertEquals(heard.map(([type]) => type), [
      ...["started", "run", "started", "run", "started", "run", "started", "ended"],
    ]);
    const found = JSON.parse((await running.ask(`/measurements/${id}`)).text);
    assertEquals([found.state, found.run, found.results, found.next], ["completed", 4, 4, null]);
    const results = async (query: string) =>
      lines((await running.ask(`/measurements/${id}/results?${query}`)).text);
    const [third, ...others] = (await results("run=3")).map((line) => JSON.parse(line));
    assertEquals([third.dip, third.run, others], [target, 3, []]);
    // In each form, and in order
    const runs = ["1", "2", "3", "4"];
    const json = async (query: string) =>
      (await results(query)).map((line) => String(JSON.parse(line).run));
    assertEquals([await json(""), await json("sort=order"), await json("limit=4")], [
      ...[runs, runs, runs],
    ]);
    const [header, ...rows] = await results("format=csv");
    assert(header!.endsWith(",run"), header);
    assertEquals(rows.map((row) => row.split(",").at(-1)), runs);
    const file = await fetch(`${running.url}/measurements/${id}/results?format=parquet`);
    const kept = await parquetReadObjects({ file: await file.arrayBuffer() });
    assertEquals(kept.map(({ run }) => String(run)), runs);
    assertEquals(JSON.parse((await running.ask("/schedule")).text).schedule, []);
  },
);

rootTest("what is planned is shown, and stopped before it begins", async () => {
  await using lab = await TargetLab.open();
  await using running = serverIn(lab);
  const id = await post(running, {
    ...{ spider: "mss", name: "later", targets: ["192.0.2.1"] },
    schedule: { start: "2999-01-01T00:00:00Z", cron: "0 0 * * *" },
  });
  const { schedule: [planned] } = JSON.parse((await running.ask("/schedule")).text);
  assertEquals([planned.id, planned.name, planned.next, planned.last], [
    ...[id, "later", "2999-01-01T00:00:00.000Z", null],
  ]);
  assertEquals((await described(running, id)).state, "scheduled");
  assertEquals((await running.ask(`/measurements/${id}`, { method: "DELETE" })).status, 202);
  assertEquals((await described(running, id)).state, "stopped");
  const { status } = await running.ask("/measurements", {
    method: "POST",
    json: {
      ...{ spider: "mss", targets: ["192.0.2.1"] },
      schedule: { interval: 60, stop: "2020-01-01T00:00:00Z" },
    },
  });
  assertEquals(status, 422);
});
