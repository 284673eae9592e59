import { assert, assertEquals } from "@std/assert";
import { chains } from "../../src/observe/chains.ts";
import { flowOfArm } from "../../src/scan/arm_flow.ts";
import { askOf } from "../../src/scan/arm_problem.ts";
import { alikeFields, Reads } from "../../src/scan/reads.ts";
import { Replay } from "../../src/scan/replay.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import { canonical, reply } from "./canonical.ts";
import { bundled } from "./fixture.ts";

const LINES = {
  tcp: ["< SA mss 1400 sackok ts 7 1 nop ws 9", "< RA", "< icmp unreachable code 13", "< SAE ce"],
  udp: ["< udp data 00008183000100000000000007", "< icmp unreachable code 3"],
  icmp: ["< icmp reply rest 0 data 0011223344556677", "< icmp exceeded"],
} as const;

Deno.test("fields that count as alike are the same for targets that differ in all else", async () => {
  const replay = new Replay(chains().map(({ name }) => name).filter((name) => name !== "basic"));
  const runs = [["ecn", "tcp", "tcp"], ["dscp", "dnsudp", "udp"], [
    "dscp",
    "icmp",
    "icmp",
  ]] as const;
  for (const [name, connect, kind] of runs) {
    const of = await bundled(name, {}, connect);
    const templates = await templatesOf(of);
    const alike = alikeFields(Object.keys(of.type.fields));
    for (const version of [4, 6] as const) {
      for (const line of LINES[kind]) {
        const records = [[1, 40_001, 3], [254, 51_234, 700.5]].map(([octet, port, after]) => {
          const local = {
            address: version === 4 ? `192.0.2.${octet}` : `2001:db8::${octet}`,
            port: port!,
          };
          const remote = {
            address: version === 4 ? `198.51.100.${octet}` : `2001:db8:1::${octet}`,
            port: of.type.defaultPort,
          };
          const ends = { local, remote };
          const sent = of.type.stateless.packet(local, remote, askOf(of.arms[0]!));
          const answer = canonical(reply(`> forged\n${line}`, sent, ends), {
            after: after!,
            within: after!,
          });
          const { flow } = flowOfArm(replay, of.type, {
            arm: of.arms[0]!,
            template: templates[version]![0]!,
            ends,
            answer,
            start: Date.UTC(2026, 0, 1) + 1000 * after!,
            cooldownMs: 8000,
          });
          assertEquals(flow.pkt_rev, 1, `${connect}: ${line}`);
          return flow as unknown as Record<string, unknown>;
        });
        const [one, other] = records as [Record<string, unknown>, Record<string, unknown>];
        for (const field of Object.keys(one).filter((field) => alike.has(field))) {
          assertEquals(one[field], other[field], `${connect}, IPv${version}, ${line}: ${field}`);
        }
        assert(one.dip !== other.dip && one.pkt_first !== other.pkt_first);
      }
    }
  }
});

Deno.test("what is read is noted, whichever way", () => {
  const alike = new Set(["same"]);
  const ways: readonly ((record: Record<string, unknown>) => unknown)[] = [
    ({ different }) => different,
    (record) => ({ ...record }),
    (record) => Object.entries(record),
    (record) => JSON.stringify(record),
    (record) => structuredClone(record),
    (record) => Object.assign({}, record),
  ];
  for (const read of ways) {
    const reads = new Reads();
    read(reads.of({ same: 1, different: 2 }, alike));
    assertEquals([reads.different, reads.unknown], [true, false]);
  }
  const reads = new Reads();
  const record = reads.of<Record<string, unknown>>(
    { same: 1, different: 2, gone: undefined },
    alike,
  );
  assertEquals([record.same, Object.keys(record)], [1, ["same", "different", "gone"]]);
  assertEquals([reads.different, reads.unknown], [false, false]);
  assertEquals(record.gone, undefined);
  assertEquals([reads.different, reads.unknown], [false, true]);
  const joined = Reads.join({ added: 3 }, record) as Record<string, unknown>;
  assertEquals(reads.different, false);
  assertEquals([joined.added, joined.different, reads.different], [3, 2, true]);
});
