import { assertEquals } from "@std/assert";
import evilbit from "../../plugins/spiders/evilbit.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow, PacketSpec } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const conclude = (a: ObservedFlow, b: ObservedFlow) => evilbit.conclude([a, b], helpers);
const UNKNOWN = ["pathspider.not_observed"];

const arm = (evil: boolean, different: Partial<ObservedFlow> = {}) =>
  flow({ evilbit_syn_fwd: evil, evilbit_syn_rev: false, tcp_connected: false, ...different });
const silent: Partial<ObservedFlow> = {
  spdr_state: 2,
  spdr_outcome: "timeout",
  spdr_errno: "ETIMEDOUT",
  spdr_stop: "2023-11-14T22:13:30.000Z",
  pkt_rev: 0,
  tcp_synflags_rev: null,
  evilbit_syn_rev: null,
};
const refused: Partial<ObservedFlow> = {
  ...silent,
  spdr_state: 1,
  spdr_outcome: "refused",
  spdr_errno: "ECONNREFUSED",
};

Deno.test("both answered, with and without the bit in the answer", () => {
  assertEquals(conclude(arm(false), arm(true)), [
    "evilbit.connectivity.works",
    "evilbit.mark.not_seen",
  ]);
  assertEquals(conclude(arm(false), arm(true, { evilbit_syn_rev: true })), [
    "evilbit.connectivity.works",
    "evilbit.mark.seen",
  ]);
});

Deno.test("one arm unanswered, or both", () => {
  for (const down of [silent, refused, { ...refused, spdr_outcome: "unreachable" }]) {
    assertEquals(conclude(arm(false), arm(true, down)), ["evilbit.connectivity.broken"]);
    assertEquals(conclude(arm(false, down), arm(true, down)), ["evilbit.connectivity.offline"]);
    assertEquals(conclude(arm(false, down), arm(true)), [
      "evilbit.connectivity.transient",
      "evilbit.mark.not_seen",
    ]);
  }
});

Deno.test("an arm that did not send what it stands for says nothing", () => {
  assertEquals(conclude(arm(true), arm(true)), UNKNOWN);
  assertEquals(conclude(arm(false), arm(false)), UNKNOWN);
  // Data that was seen is not the SYN that was sent
  const unseen = { evilbit_syn_fwd: null, evilbit_data_fwd: true };
  assertEquals(conclude(arm(false, unseen), arm(true)), UNKNOWN);
  assertEquals(conclude(arm(false), arm(true, unseen)), UNKNOWN);
});

Deno.test("an ending that is not the path's says nothing", () => {
  const odd: Partial<ObservedFlow> = { ...silent, spdr_state: 1, spdr_outcome: "failed" };
  assertEquals(conclude(arm(false, odd), arm(true)), UNKNOWN);
  assertEquals(conclude(arm(false), arm(true, odd)), UNKNOWN);
});

Deno.test("the experiment is the baseline's packet and the bit; IPv6 has none", () => {
  const packet: PacketSpec = {
    ip: { source: "192.0.2.1", destination: "198.51.100.7", ttl: 9 },
    transport: { kind: "tcp", sourcePort: 1, destinationPort: 2, flags: 2 },
  };
  const [plain, evil] = evilbit.arms;
  assertEquals(plain, { name: "no_evil" });
  assertEquals(evil?.forge?.(packet), {
    ...packet,
    ip: { ...packet.ip, reserved: true },
  });
  assertEquals(evilbit.skip({ dip: "198.51.100.7" }), null);
  assertEquals(evilbit.skip({ dip: "2001:db8::1" }), "2001:db8::1: IPv6 has no evil bit");
});

/** A question and its answer over UDP. */
const datagram = (evil: boolean, different: Partial<ObservedFlow> = {}) =>
  flow({
    udp_zero_checksum_rev: false,
    proto: 17,
    tcp_connected: false,
    tcp_synflags_fwd: null,
    tcp_synflags_rev: null,
    evilbit_syn_fwd: null,
    evilbit_syn_rev: null,
    evilbit_data_fwd: evil,
    evilbit_data_rev: false,
    ...different,
  });

Deno.test("over UDP it is the datagrams that count", () => {
  const unanswered = { ...silent, evilbit_data_rev: null, udp_zero_checksum_rev: null };
  assertEquals(conclude(datagram(false), datagram(true, { evilbit_data_rev: true })), [
    "evilbit.connectivity.works",
    "evilbit.mark.seen",
  ]);
  assertEquals(conclude(datagram(false), datagram(true, unanswered)), [
    "evilbit.connectivity.broken",
  ]);
  assertEquals(conclude(datagram(false, unanswered), datagram(true, unanswered)), [
    "evilbit.connectivity.offline",
  ]);
  assertEquals(conclude(datagram(false), datagram(false)), UNKNOWN);
});

Deno.test("a datagram that came and that the socket did not take is neither answer nor silence", () => {
  const late = { ...silent, pkt_rev: 1, evilbit_data_rev: false };
  assertEquals(conclude(datagram(false, late), datagram(true)), UNKNOWN);
  assertEquals(conclude(datagram(false), datagram(true, late)), UNKNOWN);
  const unseen = { evilbit_data_rev: null, udp_zero_checksum_rev: null };
  assertEquals(conclude(datagram(false), datagram(true, unseen)), UNKNOWN);
});
