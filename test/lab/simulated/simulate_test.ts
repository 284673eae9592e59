import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Target } from "../../../src/contract/job.ts";
import { Failure } from "../../../src/host/failure.ts";
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

Deno.test("targets that a spider skips are told of, and an end in between is in order", async () => {
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

Deno.test("a thousand targets need no root", async () => {
  const results = await resultsOf(await runOf(labWith("transparent"), "ecn", many(1000)));
  assertEquals(results.length, 1000);
  const [first] = results;
  assertEquals(first!.conditions[0], "ecn.connectivity.works");
  assertEquals(first!.flow_results!.map(({ arm }) => arm), ["no_ecn", "ecn"]);
});
