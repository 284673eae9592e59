import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Target } from "../../../src/contract/job.ts";
import { Failure } from "../../../src/host/failure.ts";
import { simulate } from "../../../src/lab/simulated/simulate.ts";
import { isRoot } from "../root.ts";
import { labWith, many, resultsOf, runOf } from "./simulating.ts";

const LOSSY = { delay: 10, loss: 0.05 };
const LINK = { forward: LOSSY, reverse: LOSSY };

Deno.test("loss gives no false verdicts, and the same seed gives the same octets", async () => {
  const run = await runOf(labWith("transparent"), "ecn --connect http", many(300));
  const lossy = { ...run, link: LINK, seed: 5 };
  const results = await resultsOf(lossy);
  const states = Map.groupBy(results, ({ conditions }) => conditions[0]!);
  const works = states.get("ecn.connectivity.works")!.length;
  const unknown = states.get("pathspider.not_observed")?.length ?? 0;
  assertEquals(works + unknown, 300, [...states.keys()].join());
  assert(unknown < 30, `${unknown} without a verdict`);
  assert(results.some(({ evidence }) => evidence!.ecn!.flows > 1), "something was lost");
  const text = (list: unknown) => JSON.stringify(list);
  assertEquals(text(await resultsOf(lossy)), text(results));
  assert(text(await resultsOf({ ...lossy, seed: 6 })) !== text(results));
});

Deno.test("loss, delay and reordering of middleboxes reach simulated packets", async () => {
  const lab = labWith('"loss:3%"', '"delay:40ms"', '"reorder:10%"', '"duplicate:10%"');
  const results = await resultsOf(await runOf(lab, "dscp --codepoint 46", many(200)));
  assertEquals(results.length, 200);
  for (const { conditions } of results) {
    assert(
      conditions.includes("dscp.46.connectivity.works") ||
        conditions.includes("pathspider.not_observed"),
      conditions.join(),
    );
  }
});

Deno.test("a measurement that takes a kernel is refused, with what it is that does", async () => {
  const refusal = async (lab: string, measure: string, target: Target = { dip: "10.20.0.1" }) => {
    const run = await runOf(lab, measure, [target]);
    return (await assertRejects(() => resultsOf(run), Failure)).message;
  };
  const end = ": take the network environment netns";
  assertEquals(
    await refusal(labWith("nat"), "ecn"),
    `the middlebox nat takes the kernel's rules${end}`,
  );
  assertEquals(
    await refusal(labWith("transparent"), "ecn --connect https"),
    `the connection type https takes real connections${end}`,
  );
  assertEquals(
    await refusal(labWith("transparent"), "dnsresolv", { domain: "a.example" }),
    `the spider dnsresolv asks name servers${end}`,
  );
});

Deno.test("targets that a spider skips are told of", async () => {
  const run = await runOf(labWith("transparent"), "evilbit", [
    { dip: "fd53:20::1" },
    { dip: "10.20.0.1" },
  ]);
  const skipped: string[] = [];
  const results = await resultsOf({
    ...run,
    skipped: ({ dip }, problem) => skipped.push(`${dip} ${problem}`),
  });
  assertEquals(skipped, ["fd53:20::1 fd53:20::1: IPv6 has no evil bit"]);
  assertEquals(results.map(({ dip, spider }) => [dip, spider?.name]), [["10.20.0.1", "evilbit"]]);
});

Deno.test("a simulation that is interrupted takes no more targets, and ends", async () => {
  const run = await runOf(labWith("transparent"), "ecn", many(1000));
  const stop = new AbortController();
  const results = [];
  for await (const result of simulate(run, stop.signal)) {
    results.push(result);
    stop.abort();
  }
  assert(results.length < 500, `${results.length} results`);
});

Deno.test("results are those of a measurement, with flows, on a clock of their own", async () => {
  const [result] = await resultsOf(
    await runOf(labWith("ecn-drop-syn"), "ecn", [{ dip: "10.20.0.1", rank: 7 }]),
  );
  const { rank, sip, path, time, spider, evidence, flow_results, missed_flows } = result!;
  assertEquals([rank, sip, path], [7, "100.64.0.1", ["100.64.0.1", "*", "10.20.0.1"]]);
  assertEquals(time.from, "2026-01-01T00:00:00.000Z");
  assertEquals([spider?.name, missed_flows], ["ecn", 0]);
  assertEquals(Object.keys(evidence!), ["no_ecn", "ecn"]);
  const [plain, ecn] = flow_results!;
  assertEquals([plain!.tcpx_syn_fwd, plain!.tcpx_options_fwd], [1, [2, 4, 8, 1, 3]]);
  // The kernel sends a plain SYN after a second
  assertEquals([ecn!.tcpx_syn_fwd, ecn!.tcp_synflags_fwd, ecn!.tcpx_synflags_answered], [
    2,
    0xc2,
    2,
  ]);
});

Deno.test("a thousand targets need no rights", async () => {
  const run = [
    Deno.execPath(),
    "run",
    "-A",
    fileURLToPath(new URL("powerless_main.ts", import.meta.url)),
  ];
  const [program, ...args] = isRoot
    ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all", ...run]
    : run;
  const { stdout } = await new Deno.Command(program!, { args }).output();
  assertMatch(new TextDecoder().decode(stdout), /^0+ 1000\n$/);
});
