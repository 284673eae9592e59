import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import ecn from "../../plugins/spiders/ecn.ts";
import {
  Failure,
  fileOutput,
  MEASURE_DEFAULTS,
  planOf,
  PROCESS_STREAMS,
  RequestError,
  type RunRequest,
} from "../../src/mod.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { run } from "../../src/host/run.ts";
import { readManifest } from "../../src/result/run_manifest.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { results } from "../spider.ts";
import { doRun, endOf, type RunEvent } from "./start.ts";

/** Results that the sink was given. */
function resultsOf(events: readonly RunEvent[]) {
  return events.flatMap(({ result }) => result ?? []) as {
    dip: string;
    conditions: string[];
    spider: unknown;
  }[];
}

rootTest("results go to a sink, and what was skipped is reported", async () => {
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
  const truth = new Map(
    (["transparent", "ecn-drop-syn"] as const).flatMap((kind) =>
      ([4, 6] as const).flatMap((family) =>
        lab.addresses(kind, family, 2).map((address) => [address, ECN_TRUTH[kind].tcp] as const)
      )
    ),
  );
  const targets = ["no target", ...truth.keys()];
  const events = await doRun("measure", { spider: "ecn", targets }, {
    within: (line) => lab.exec(line),
  });
  const found = resultsOf(events);
  assertEquals(found.map(({ dip }) => dip).sort(), [...truth.keys()].sort());
  for (const { dip, conditions, spider } of found) {
    assertEquals([...conditions].sort(), [...truth.get(dip)!].sort(), dip);
    assertEquals(spider, { name: "ecn", version: ecn.version });
  }
  assertEquals(events.filter(({ skipped }) => skipped).map(({ skipped }) => skipped), [1]);
  const { size } = truth;
  assertEquals(endOf(events), {
    outcome: { done: size, started: size, blind: false },
  });
});

rootTest("the signal ends it in the middle: what was begun is finished, and no more", async () => {
  await using lab = await TargetLab.open();
  const targets = [...lab.addresses("transparent", 4, 5), "..."];
  const before = run("ip", ["-n", lab.client, "rule"]);
  const events = await doRun("measure", { spider: "ecn", targets }, {
    within: (line) => lab.exec(line),
    ends: (events) => resultsOf(events).length > 0,
  });
  const { outcome } = endOf(events) as { outcome: Record<string, unknown> };
  assertEquals(outcome.blind, false);
  assertEquals(outcome.done, outcome.started);
  assertEquals(resultsOf(events).length, outcome.done);
  // What was set for it is put back
  assertEquals(run("ip", ["-n", lab.client, "rule"]), before);
});

rootTest("a run none of whose packets are captured is blind", async () => {
  await using lab = await TargetLab.open();
  run("ip", ["-n", lab.client, "route", "add", "unreachable", "10.20.0.0/16"]);
  const targets = lab.addresses("transparent", 4, 2);
  const events = await doRun("measure", { spider: "ecn", targets }, {
    within: (line) => lab.exec(line),
  });
  const { outcome } = endOf(events) as { outcome: Record<string, unknown> };
  assertEquals([outcome.done, outcome.blind], [2, true], JSON.stringify(events));
});

rootTest("files: a run is resumed, and its manifest says so", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const within = (line: readonly string[]) => lab.exec(line);
  const targets = lab.addresses("transparent", 4, 4);
  const measure = async (count: number, resume: boolean, spider = "ecn") =>
    endOf(
      await doRun("measure", {
        spider,
        targets: targets.slice(0, count),
        files: { output: folder.at("results"), resume },
      }, { within }),
    );
  assertEquals((await measure(2, false)).error, undefined);
  assertEquals((await measure(4, true)).error, undefined);
  assertEquals(results(folder.text("results")).map(({ dip }) => dip).sort(), targets);
  const manifest = readManifest(folder.at("results.manifest.json"))!;
  assertEquals([manifest.status, manifest.targets.already_done, manifest.earlier.length], [
    "complete",
    2,
    1,
  ]);
  const { error } = await measure(4, true, "mss");
  assertMatch(
    String(error),
    /was begun with ecn 1\.0\.0 over tcp, and this run is mss .*: give the same options, or another output$/,
  );
});

const REQUEST: RunRequest = {
  ...MEASURE_DEFAULTS,
  spider: ecn,
  workers: 1,
  timeoutMs: 1000,
  control: false,
};

Deno.test("an invalid request is refused in its own words", () => {
  const cases: [Partial<RunRequest>, string][] = [
    [{ workers: 0 }, "workers must be a whole number from 1 to 10000, not 0"],
    [{ timeoutMs: NaN }, "timeoutMs must be a number from 1 to 3600000, not NaN"],
    [{ sources: ["here"] }, "sources must be an IPv4 or IPv6 address, not here"],
    [{ sources: ["127.0.0.1", "127.0.0.2"] }, "sources names two IPv4 addresses; give one"],
    [{ interfaces: ["lo", "lo"] }, "interfaces names lo twice; name it once"],
    [
      { isolate: true },
      "what ecn sends does not depend on the host's settings, so there is nothing to isolate: leave out isolate",
    ],
    [
      { connect: "dnsudp" },
      "the spider ecn knows nothing of connect dnsudp; it measures over tcp, http, https, dnstcp",
    ],
  ];
  for (const [changed, said] of cases) {
    const error = assertThrows(() => planOf({ ...REQUEST, ...changed }), RequestError);
    assertEquals(error.message, said);
  }
  const other = { spider: { ...ecn, observe: false } };
  const plan = planOf({ ...REQUEST, ...other });
  const files = { input: "-", asked: {}, stdout: PROCESS_STREAMS.stdout, manifest: undefined };
  const error = assertThrows(
    () => fileOutput(plan, { ...files, output: "-", resume: true }),
    RequestError,
    "resume needs the output FILE of the run that was interrupted",
  );
  assertEquals(error.fields, ["resume", "output"]);
  const same = { ...files, output: "/tmp/same", manifest: "/tmp/same", resume: false };
  assert(
    assertThrows(() => fileOutput(plan, same), RequestError).message
      .startsWith("output and manifest go to the same place"),
  );
  const folder = Deno.makeTempDirSync();
  Deno.mkdirSync(`${folder}/results.ndjson.manifest.json`);
  const beside = { ...files, output: `${folder}/results.ndjson`, resume: false };
  assertThrows(() => fileOutput(plan, beside), Failure, "it is a folder; name another file");
  Deno.removeSync(folder, { recursive: true });
});

rootTest("what ended a run early is thrown at its end", async () => {
  await using lab = await TargetLab.open();
  const targets = [...lab.addresses("transparent", 4, 1), "..."];
  let flushed = false;
  const events = await doRun("measure", { spider: "ecn", targets }, {
    within: (line) => lab.exec(line),
    ends: (events) => {
      if (flushed || resultsOf(events).length === 0) return false;
      flushed = true;
      run("ip", ["-n", lab.client, "address", "flush", "dev", lab.interface]);
      return false;
    },
  });
  assertMatch(String((endOf(events) as { error: string }).error), /no IPv4 address/);
});
