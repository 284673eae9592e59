import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import { drained, feed, flowTable } from "../data/dissect.ts";
import { overtaken, reused } from "../data/mangled_connections.ts";
import { LINKS, mutant } from "../data/mutants.ts";
import { random } from "../data/random.ts";
import { STARTING } from "../data/starting.ts";
import { Invariants } from "../fuzz/invariants.ts";
import { alone } from "../fuzz/reading.ts";
import { checkRecord, checkSum, namesPassedOver } from "../fuzz/records.ts";

const PACKETS = 220_000;
const POISON = 96;
/** Names of all headers that are noted. */
const HEADERS = [
  ...["4in6", "6in4", "6in6", "fr", "geneve", "gre", "gtpu", "ipip", "l2tp", "l2tpv3", "mpls"],
  ...["nsh", "pbb", "pppoe", "pptp", "sgt", "vlan", "vxlan", "vxlan-gpe"],
];

Deno.test("220,000 mangled packets: none reads beyond its end, and every one is accounted for", () => {
  const next = random(20_19);
  const invariants = new Invariants();
  let time = 1_700_000_000;
  for (let i = 0; i < PACKETS; i += 100) {
    const link = LINKS[i / 100 % LINKS.length]!;
    invariants.take(
      [
        ...Array.from({ length: 90 }, () => {
          if (next(10) === 0) time += next(1000) / 1024;
          if (next(2000) === 0) time += pickLeap(next);
          return mutant(next, time, link);
        }),
        ...reused(next, time, link),
        ...overtaken(next, time, link),
      ],
      link,
    );
    if (i % 5000 === 4900) invariants.settle();
  }
  const { flows, stats } = invariants.end();
  // The packets are of every kind
  const rare = ["unread_link", "encap_too_deep", "unexpected", "late", "not_stored", "ignored"];
  for (const name of namesPassedOver(stats).filter((name) => !rare.includes(name))) {
    assert(stats[name]! > PACKETS / 800, name);
  }
  for (const name of ["fragments_joined", "encap_too_deep", "outer_too_deep"]) {
    assert(stats[name]! > 20, `${stats[name]} ${name}`);
  }
  assert(stats.outer_not_ip! > 1000 && stats.outer_unread! > 1000);
  const found = new Set(flows.flatMap((flow) => flow.encap.map((header) => header.split(":")[0])));
  assertEquals([...found].toSorted(), HEADERS);
  assert(flows.some((flow) => flow.pkt_fwd > 3 && flow.pkt_rev > 3));
  // Connections whose ports others have got, of which no end was seen
  const replaced = flows.filter((flow) =>
    flow.proto === 6 && flow.part_end === "end" && !flow.tcp_rst_fwd && !flow.tcp_rst_rev &&
    !(flow.tcp_fin_fwd && flow.tcp_fin_rev)
  );
  assert(replaced.length > PACKETS / 1000, `${replaced.length}`);
  // And every field says something at times
  for (const [name, start] of Object.entries(STARTING)) {
    assert(flows.some((flow) => flow[name as keyof FlowRecord] !== start), name);
  }
});

function pickLeap(next: (below: number) => number): number {
  return [3, 5, 100, 1e5, -2, -100, -1e5][next(7)]!;
}

Deno.test("random octets in every link type", () => {
  const next = random(7);
  const table = flowTable();
  for (let i = 0; i < 30_000; i++) {
    const data = Uint8Array.from({ length: next(80) }, () => next(256));
    alone(
      table,
      { time: 1, data, wire: next(100) },
      LINKS[i % LINKS.length]!,
      new Uint8Array(POISON),
    );
  }
  table.flush();
  const flows = drained(table);
  for (const flow of flows) checkRecord(flow);
  checkSum(table, flows);
});

Deno.test("mangled packets in a full table, all flows with one hash: every one is accounted for", () => {
  const next = random(31);
  const seed = new Uint8Array(88);
  const table = flowTable({ maxFlows: 40, idle: 4, linger: 1, seed });
  const flows: FlowRecord[] = [];
  let time = 1_700_000_000;
  for (let i = 0; i < 40_000; i++) {
    time += next(100) / 10_240;
    const link = LINKS[i % LINKS.length]!;
    feed(table, [mutant(next, time, link).frame], link);
    if (next(100) === 0) flows.push(...drained(table));
  }
  table.flush();
  flows.push(...drained(table));
  for (const flow of flows) checkRecord(flow);
  checkSum(table, flows);
  assert(table.stats().evicted! > 1000);
});

Deno.test("mangled packets of expected flows: every one is accounted for", () => {
  const next = random(3);
  const table = flowTable({ expectedOnly: true, idle: 4, linger: 9 });
  const taken: FlowRecord[] = [];
  const open = new Set<number>();
  const take = (flow: number) => {
    taken.push(JSON.parse(table.record(flow)));
    table.release(flow);
    open.delete(flow);
  };
  let time = 1_700_000_000;
  const ports = [40000, 80, 53];
  const addresses = ["192.0.2.1", "198.51.100.7", "2001:db8::1", "2001:db8:1::2"];
  for (let i = 0; i < 90_000; i++) {
    time += next(100) / 1024;
    if (next(3) === 0) {
      const family = next(2) * 2;
      const end = () => ({ address: addresses[family + next(2)]!, port: ports[next(3)]! });
      const flow = table.expect(end(), end(), [6, 17][next(2)]!);
      assert(!open.has(flow));
      if (flow !== 0) open.add(flow);
    }
    const link = LINKS[i % LINKS.length]!;
    feed(table, [mutant(next, time, link).frame], link);
    if (next(4) === 0) {
      for (let flow = table.nextReady(); flow !== 0; flow = table.nextReady()) take(flow);
    }
    if (next(5) === 0) { for (const flow of open) if (next(20) === 0) take(flow); }
  }
  for (const flow of open) take(flow);
  assertEquals(table.nextReady(), 0);
  table.flush();
  assertEquals(drained(table), []);
  checkSum(table, taken);
  for (const flow of taken) if (flow.pkt_fwd + flow.pkt_rev > 0) checkRecord(flow);
  assert(taken.filter((flow) => flow.pkt_fwd > 0 && flow.pkt_rev > 0).length > 10);
  assert(taken.filter((flow) => flow.tcp_rst_rev).length > 10);
  assert(table.stats().late! > 100);
});
