import { assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { MtrPacket } from "../../src/probe/mtr_packet.ts";
import type { ProbeResult } from "../../src/probe/probe_result.ts";
import { Ping } from "../../src/probe/ping.ts";
import { Trace } from "../../src/probe/trace.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";
import { until } from "../until.ts";
import { forgedAnswers } from "./forged_answers.ts";

/** How often a probe is sent when foreign answers are taken for its own. */
const TRIES = 3;

const COMMON = {
  queries: 1,
  intervalMs: 1,
  probe: { timeout: 1 },
  keep: true,
  signal: new AbortController().signal,
} as const;

/** Sessions of which each has process number 1, in a PID namespace of its own, as in containers. */
function container(lab: TargetLab): Promise<MtrPacket> {
  const command = ["unshare", "--pid", "--fork", "--kill-child", "mtr-packet"];
  return MtrPacket.open({ executable: lab.exec(command) });
}

/** Counts, on the router, what is sent to an address. */
function count(lab: TargetLab, address: string): () => number {
  const { routers: [router = ""] } = lab;
  const chain =
    `chain in { type filter hook prerouting priority raw; ip daddr ${address} counter; }`;
  runWithin(router, ["nft", "-f", "-"], `table ip count { ${chain}; }`);
  return () => {
    const listed = runWithin(router, ["nft", "list", "table", "ip", "count"]);
    return Number(/packets (\d+)/.exec(listed)?.[1]);
  };
}

/**
 * Lets another session that has the same numbers get an answer for each of the tries of the last probe.
 *
 * @param sent how many probes were sent up to now
 * @param before how many are sent up to the first of these tries
 */
async function meddle(theirs: MtrPacket, live: string, sent: () => number, before: number) {
  for (let tries = 0; tries < TRIES; tries++) {
    await until("the probe that is to be answered", () => sent() === before + tries);
    await theirs.probe(live, { timeout: 1 });
  }
}

rootTest("another container's answer does not make a dead host a live one for ping", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const [live = ""] = lab.addresses("transparent", 4, 1);
  const [dead = ""] = lab.addresses("drop", 4, 1);
  const sent = count(lab, dead);
  await using ours = await container(lab);
  await using theirs = await container(lab);
  const ping = new Ping(ours, { text: dead, version: 4 }, COMMON);
  const ended = ping.run();
  await meddle(theirs, live, sent, 1);
  await ended;
  assertEquals([ping.times.sent, ping.times.received, ping.times.loss], [1, 0, 100]);
  const { result, success, responder } = ping.last!;
  assertEquals([result, success, responder], ["reply", false, live]);
});

rootTest("another container's answer does not end a trace", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const [live = ""] = lab.addresses("transparent", 4, 1);
  const [dead = ""] = lab.addresses("drop", 4, 1);
  const sent = count(lab, dead);
  await using ours = await container(lab);
  await using theirs = await container(lab);
  const trace = new Trace(ours, { text: dead, version: 4 }, { ...COMMON, maxTtl: 2 });
  const ended = trace.run();
  await until("the router's answer", () => sent() === 2 && trace.hops.length === 1);
  // Takes the number that the probe to the router had
  await theirs.probe(live, { timeout: 1 });
  await meddle(theirs, live, sent, 2);
  await ended;
  assertEquals(trace.reached, false);
  assertEquals(trace.hops.map(({ times }) => times.received), [1, 0]);
  const [{ result, success, responder }] = trace.hops[1]!.results as [ProbeResult];
  assertEquals([result, success, responder], ["reply", false, live]);
});

rootTest("a live host is not called lost for another's answer, but asked again", async () => {
  await using lab = await TargetLab.open();
  const [live = "", slow = ""] = lab.addresses("transparent", 4, 2);
  const sent = count(lab, slow);
  // The other's answer comes first, since the first probe is lost
  const chain = `chain in { type filter hook input priority 0; ip daddr ${slow} drop; }`;
  runWithin(lab.server, ["nft", "-f", "-"], `table ip hold { ${chain}; }`);
  await using ours = await container(lab);
  await using theirs = await container(lab);
  const ping = new Ping(ours, { text: slow, version: 4 }, { ...COMMON, probe: { timeout: 5 } });
  const ended = ping.run();
  await until("the first probe", () => sent() === 1);
  runWithin(lab.server, ["nft", "delete", "table", "ip", "hold"]);
  await theirs.probe(live, { timeout: 1 });
  await ended;
  assertEquals([ping.times.sent, ping.times.received, sent()], [1, 1, 2]);
});

rootTest("a forged reply is not received, in all forms of ping and trace", async () => {
  await using lab = await TargetLab.open({ routers: 2 });
  await using _ = await forgedAnswers(lab);
  const [target, forger] = ["10.20.200.4", "10.20.9.99"];
  const ping = ["ping", "-n", "-q", "1", target];
  const text = await lab.spider(ping);
  assertMatch(
    text.out,
    /10\.20\.200\.4 +100\.0 % +1 .*10\.20\.9\.99 answers for it, which does not count/,
  );
  const csv = await lab.spider([...ping, "--csv"]);
  assertMatch(csv.out, new RegExp(`^${target},${target},,reply,${forger},1,0,100,`, "m"));
  const json = results((await lab.spider([...ping, "--json"])).out)[0]!;
  assertEquals([json.sent, json.rcvd, json.result], [
    1,
    0,
    [{ error: "reply of another address", src_addr: forger }],
  ]);

  const trace = ["trace", "-n", "-q", "1", "--timeout", "1", target];
  const table = await lab.spider(trace);
  assertMatch(table.out, /^ +3 +10\.20\.9\.99 \(answers for 10\.20\.200\.4\) +100\.0 % +1/m);
  // Hops behind it that answer the same have no row
  assertMatch(table.out, /1\s*\n10\.20\.200\.4 did not answer\.\n/);
  const traced = results((await lab.spider([...trace, "--json"])).out)[0]!;
  assertEquals(traced.destination_ip_responded, false);
  assertEquals((traced.result as unknown[]).length, 3);
});
