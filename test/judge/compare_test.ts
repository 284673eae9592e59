import { assertEquals } from "@std/assert";
import { differences, lineOf } from "./compare.ts";
import { FIELDS } from "./fields.ts";
import type { JudgedFlow } from "./flows.ts";
import type { Packet } from "./packet.ts";

const packet: Packet = {
  source: "192.0.2.1",
  destination: "198.51.100.7",
  protocol: 253,
  apart: [],
  headers: [],
  sourcePort: null,
  destinationPort: null,
  time: "1700000000.250000000",
  nanoseconds: 1_700_000_000_250_000_000n,
  octets: 100,
  dscp: 0,
  ecn: 2,
  ttl: 64,
  evil: false,
  fragment: null,
  first: true,
  tcp: null,
  udpChecksum: null,
  icmp: null,
  quoted: null,
  web: null,
  dnsResponse: false,
};

const flow: JudgedFlow = {
  ends: packet,
  packets: [{ packet, reverse: false, error: false }],
};
const names = ["sip", "dip", "proto", "sp", "dp", "pkt_first", "oct_fwd", "ecn_ect0_data_fwd"];
const record = Object.fromEntries(names.map((name) => [name, FIELDS[name]!(flow)]));

Deno.test("a record that is as it should be makes no difference", () => {
  assertEquals(differences(names, [flow], [record]), []);
});

Deno.test("a difference names the flow, the field and both values", () => {
  assertEquals(differences(names, [flow], [{ ...record, oct_fwd: 101 }]).map(lineOf), [
    "192.0.2.1 198.51.100.7 253 - - - 1700000000.25: oct_fwd is 100 by tshark, 101 by spider",
  ]);
});

Deno.test("flows that only one of the two sees", () => {
  const other = { ...record, dip: "198.51.100.8", pkt_fwd: 2, pkt_rev: 0 };
  assertEquals(differences(names, [flow], [other]).map(lineOf), [
    "192.0.2.1 198.51.100.7 253 - - - 1700000000.25: tshark sees this flow of 1 packets, spider does not",
    "192.0.2.1 198.51.100.8 253 - - - 1700000000.25: spider sees this flow of 2 packets, tshark does not",
  ]);
  assertEquals(differences(names, [flow], [record, record]).length, 1);
});
