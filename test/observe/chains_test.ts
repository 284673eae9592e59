import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { chainMask, chains } from "../../src/observe/chains.ts";
import { flowTable } from "../data/dissect.ts";

const NAMES =
  "basic tcp ecn dscp mss tfo tcpopt icmp udp evil dns tcpx icmpx part timestamps ecnx loss rtt http quic encap tls"
    .split(" ");

Deno.test("the chains declare themselves", () => {
  assertEquals(chains().map((chain) => chain.name), NAMES);
  const fields = Object.fromEntries(
    chains().map((
      chain,
    ) => [chain.name, chain.fields.map((field) => `${field.name}: ${field.type}`)]),
  );
  assertEquals(fields.basic, [
    "sip: address",
    "dip: address",
    "proto: protocol",
    "sp: port",
    "dp: port",
    "pkt_first: time",
    "pkt_last: time",
    "pkt_fwd: integer",
    "pkt_rev: integer",
    "oct_fwd: integer",
    "oct_rev: integer",
  ]);
  assertEquals(fields.tcp?.slice(0, 3), [
    "tcp_synflags_fwd: integer?",
    "tcp_synflags_rev: integer?",
    "tcp_fin_fwd: boolean",
  ]);
  assertEquals(fields.ecn?.length, 12);
});

Deno.test("every chain and field has a name of its own and a summary", () => {
  const all = chains().flatMap((chain) => chain.fields);
  assertEquals(new Set(all.map((field) => field.name)).size, all.length);
  for (const { name, summary } of [...chains(), ...all]) {
    assert(/^[a-z][a-z0-9_]*$/.test(name), name);
    assert(summary.length > 0, name);
  }
});

Deno.test("chains are chosen by name, in any order, also twice", () => {
  assertEquals(chainMask([]), 0);
  assertEquals(chainMask(["basic"]), 1);
  assertEquals(chainMask(["ecn", "basic", "ecn"]), 5);
  const error = assertThrows(() => chainMask(["basic", "enc"]), Failure);
  assertEquals(error.message, `there is no chain enc; there are ${NAMES.join(", ")}`);
});

Deno.test("a chain that is off takes no room in a flow", () => {
  const size = (...chains: string[]) => flowTable({ chains }).flowSize;
  assertEquals(size(), size("basic"));
  // What these keep are a few bits of the flow itself
  const within = ["icmp", "dns"];
  for (const name of NAMES.slice(1)) {
    assertEquals(size("basic", name) > size("basic"), !within.includes(name), name);
    assert(size(...NAMES.filter((other) => other !== name)) <= size(...NAMES), name);
  }
  assert(size("basic", "tcp", "ecn") <= size("basic") + 16);
});

Deno.test("a flow takes at most 320 octets, its three places in the index included", () => {
  const INDEX = 3 * 8; // at most two thirds full, and twice as long just after it grew
  assert(flowTable().flowSize + INDEX <= 320, `${flowTable().flowSize}`);
});
