import { assertEquals } from "@std/assert";
import tcpopt from "../../plugins/spiders/tcpopt.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow, PacketSpec } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const MSS = 2;
const TS = 8;

const granting = (different: Partial<ObservedFlow> = {}) =>
  flow({ tcpopt_ts: false, tcpopt_ws: false, tcpopt_sack: false, ...different });
const plain = (different: Partial<ObservedFlow> = {}) =>
  granting({ tcpx_options_fwd: [MSS], ...different });
const withTs = (different: Partial<ObservedFlow> = {}) =>
  granting({ tcpx_options_fwd: [MSS, TS], tcpopt_ts: true, ...different });

const conclude = (...flows: ObservedFlow[]) => tcpopt.conclude(flows, helpers, { option: ["ts"] });
const unknown = ["pathspider.not_observed"];
const silent: Partial<ObservedFlow> = {
  spdr_state: 2,
  spdr_outcome: "timeout",
  spdr_stop: "2023-11-14T22:13:30.000Z",
  pkt_rev: 0,
  tcp_connected: false,
  tcp_synflags_rev: null,
  tcpx_synflags_answered: null,
  tcpopt_ts: null,
  tcpopt_ws: null,
  tcpopt_sack: null,
};

Deno.test("an option that is asked for and granted, or not", () => {
  assertEquals(conclude(plain(), withTs()), [
    "tsopt.connectivity.works",
    "tsopt.negotiation.succeeded",
    "tsopt.unsolicited.not_seen",
  ]);
  assertEquals(conclude(plain(), withTs({ tcpopt_ts: false }))[1], "tsopt.negotiation.failed");
});

Deno.test("an option that was not asked for is reported", () => {
  assertEquals(conclude(plain({ tcpopt_ts: true }), withTs())[2], "tsopt.unsolicited.seen");
});

Deno.test("options that were cut off the SYN-ACK say nothing", () => {
  assertEquals(conclude(plain({ tcpopt_ts: null }), withTs({ tcpopt_ts: null })), [
    "tsopt.connectivity.works",
  ]);
});

Deno.test("broken, transient, offline by the sockets", () => {
  assertEquals(conclude(plain(), withTs(silent)), [
    "tsopt.connectivity.broken",
    "tsopt.unsolicited.not_seen",
  ]);
  assertEquals(conclude(plain(silent), withTs()), [
    "tsopt.connectivity.transient",
    "tsopt.negotiation.succeeded",
  ]);
  assertEquals(conclude(plain(silent), withTs(silent)), ["tsopt.connectivity.offline"]);
});

Deno.test("arms whose SYN was not what they stand for give no verdict", () => {
  assertEquals(conclude(plain({ tcpx_options_fwd: [MSS, TS] }), withTs()), unknown);
  assertEquals(conclude(plain(), withTs({ tcpx_options_fwd: [MSS] })), unknown);
  assertEquals(conclude(plain({ tcpx_options_fwd: null }), withTs()), unknown);
});

Deno.test("an answer that came after the timeout, or was not accepted, gives no verdict", () => {
  const answer = { tcp_synflags_rev: 0x12, tcpx_synflags_answered: 0x02, pkt_rev: 1 };
  const late = { ...silent, ...answer, tcpopt_ts: true };
  assertEquals(conclude(plain(), withTs(late)), unknown);
  assertEquals(conclude(plain(late), withTs()), unknown);
});

Deno.test("a target that fails after both handshakes is not offline", () => {
  const ended = { spdr_state: 1, spdr_outcome: "reset" } as const;
  assertEquals(conclude(plain(ended), withTs(ended)), unknown);
});

Deno.test("what is unknown of one option does not affect the others", () => {
  const ws = granting({ tcpx_options_fwd: [MSS, 3], tcpopt_ws: true });
  const flows = [plain(), withTs({ tcpx_options_fwd: null }), ws];
  assertEquals(tcpopt.conclude(flows, helpers, { option: ["ts", "ws"] }), [
    "wsopt.connectivity.works",
    "wsopt.negotiation.succeeded",
    "wsopt.unsolicited.not_seen",
  ]);
});

Deno.test("each arm sends one of the options, the first none", () => {
  const arms = tcpopt.arms({});
  assertEquals(arms.map(({ name }) => name), ["none", "ts", "ws", "sack"]);
  assertEquals(arms.map(({ system }) => Object.values(system?.sysctls ?? {})), [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const packet: PacketSpec = {
    ip: { source: "192.0.2.1", destination: "198.51.100.7" },
    transport: {
      kind: "tcp",
      sourcePort: 1,
      destinationPort: 80,
      flags: 2,
      options: [{ kind: MSS, data: new Uint8Array([5, 180]) }, { kind: 4 }, { kind: TS }],
    },
  };
  const kinds = arms.map((arm) => {
    const { transport } = arm.forge!(packet, { dip: "198.51.100.7" });
    return transport.kind === "tcp" ? transport.options?.map(({ kind }) => kind) : null;
  });
  assertEquals(kinds, [[MSS], [MSS, TS], [MSS, 3], [MSS, 4]]);
  const udp: PacketSpec = {
    ...packet,
    transport: { kind: "udp", sourcePort: 1, destinationPort: 2 },
  };
  assertEquals(arms[1]!.forge!(udp, { dip: "198.51.100.7" }), udp);
});
