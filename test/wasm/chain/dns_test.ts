import { assertEquals } from "@std/assert";
import { back, dissect, feed, flowTable, recordOf, there } from "../../data/dissect.ts";
import { dns, NAME, POINTER, question, record, RESPONSE } from "../../data/dns.ts";
import {
  A4,
  A6,
  B4,
  B6,
  be16,
  be32,
  ethernet,
  type Frame,
  ip4,
  ip6,
  join,
  UDP,
  udp,
} from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const query: Frame = {
  time: 0,
  data: ethernet(ip4(udp(dns({ flags: 0x0100, answers: [] })), { protocol: UDP })),
};
const reply = (payload: Uint8Array): Frame => ({
  time: 1,
  data: ethernet(
    ip4(udp(payload, 53, 5000), { protocol: UDP, source: B4, destination: A4 }),
  ),
});

function valid(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["dns"] });
  assertEquals(flows.length, 1);
  return flows[0]!.dns_response_valid;
}

const answers = (payload: Uint8Array) => valid(query, reply(payload));

Deno.test("dns: starting values; a query is no response, nor is a response forward", () => {
  const { flows } = dissect([query], { chains: ["dns"] });
  assertEquals<unknown>(flows, [startingOf("dns_")]);
  assertEquals(valid({ time: 0, data: ethernet(ip4(udp(dns()), { protocol: UDP })) }), false);
  assertEquals(answers(dns({ flags: 0x0100 })), false);
});

Deno.test("dns: a response over UDP, of IPv4 and IPv6", () => {
  assertEquals(answers(dns()), true);
  const six = (payload: Uint8Array, reverse: boolean) =>
    ethernet(
      reverse
        ? ip6(udp(payload, 53, 5000), { next: UDP, source: B6, destination: A6 })
        : ip6(udp(payload), { next: UDP }),
    );
  const frames = [{ time: 0, data: six(dns({ flags: 0 }), false) }, {
    time: 1,
    data: six(dns(), true),
  }];
  assertEquals(valid(...frames), true);
});

Deno.test("dns: records of every section, of any type and length", () => {
  const records = [
    record(),
    record(NAME, new Uint8Array(300)),
    record(Uint8Array.of(0), new Uint8Array()),
  ];
  const message = { answers: records, authorities: records, additionals: records };
  assertEquals(answers(dns(message)), true);
  assertEquals(answers(dns({ answers: [] })), true);
});

Deno.test("dns: opcodes and RCODEs that are assigned, and others", () => {
  for (let opcode = 0; opcode < 16; opcode++) {
    assertEquals(
      answers(dns({ flags: 0x8000 | opcode << 11 })),
      [0, 2, 4, 5, 6].includes(opcode),
      `opcode ${opcode}`,
    );
  }
  for (let rcode = 0; rcode < 16; rcode++) {
    assertEquals(answers(dns({ flags: RESPONSE | rcode })), rcode < 12, `RCODE ${rcode}`);
  }
});

Deno.test("dns: no type and no class is 0, as in a reply of a remote procedure call", () => {
  const of = (type: number, klass: number) => join([0], be16(type), be16(klass));
  const record = (type: number, klass: number) => join(of(type, klass), be32(0), be16(0));
  for (const [type, klass, isValid] of [[1, 1, true], [0, 1, false], [1, 0, false]] as const) {
    assertEquals(answers(dns({ questions: [of(type, klass)], answers: [] })), isValid);
    assertEquals(answers(dns({ answers: [record(type, klass)] })), isValid);
    assertEquals(answers(dns({ additionals: [record(type, klass)] })), isValid);
  }
  assertEquals(answers(dns({ additionals: [record(41, 0)] })), true, "of OPT it is a length");
  // RFC 5531, section 9: transaction, REPLY, accepted, no verifier, success, results of zeros
  const reply = [0x80, 0x12, 0x84, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  assertEquals(answers(Uint8Array.from(reply)), false);
});

Deno.test("dns: one question, or none where there was an error", () => {
  assertEquals(answers(dns({ questions: [question(), question()] })), false);
  assertEquals(answers(dns({ questions: [], answers: [] })), false);
  assertEquals(answers(dns({ questions: [], answers: [], flags: RESPONSE | 1 })), true);
  // An update has zones instead of questions
  assertEquals(answers(dns({ questions: [], answers: [], flags: 0xa800 })), true);
});

Deno.test("dns: counts that the message has no room for", () => {
  for (
    const counts of [[1, 2, 0, 0], [1, 0, 2, 0], [1, 0, 0, 2], [1, 65535, 65535, 65535]] as const
  ) {
    assertEquals(answers(dns({ counts })), false);
  }
  assertEquals(answers(dns({ counts: [0, 1, 0, 0] })), false);
  assertEquals(
    answers(dns({ counts: [1, 0, 0, 0] })),
    true,
    "octets behind the message do not matter",
  );
});

Deno.test("dns: names that are none", () => {
  const named = (name: Uint8Array) => answers(dns({ answers: [record(new Uint8Array(name))] }));
  assertEquals(named(NAME), true);
  assertEquals(named(join([3, 97, 98, 99], POINTER)), true, "a label, then a pointer");
  assertEquals(named(Uint8Array.of(0xc0, 11)), false, "a pointer into the header");
  assertEquals(named(Uint8Array.of(0xc0, 33)), false, "a pointer to itself");
  assertEquals(named(Uint8Array.of(0xff, 0xff)), false, "a pointer beyond the message");
  assertEquals(named(Uint8Array.of(0x40, 0)), false, "a label type that is not used");
  assertEquals(named(Uint8Array.of(0x80, 0)), false);
  const labels = (lengths: number[]) =>
    join(...lengths.map((length) => join([length], new Uint8Array(length).fill(97))), [0]);
  assertEquals(named(labels([63, 63, 63, 61])), true, "255 octets");
  assertEquals(named(labels([63, 63, 63, 62])), false, "256 octets");
});

Deno.test("dns: a name or record that runs past the message", () => {
  const whole = dns();
  for (let length = 0; length < whole.length; length++) {
    assertEquals(answers(whole.subarray(0, length)), false, `${length} octets`);
  }
  assertEquals(answers(dns({ answers: [record(POINTER, new Uint8Array(4), 5)] })), false);
});

Deno.test("dns: records that the capture cut do not hinder, a question that it cut does", () => {
  const { time, data } = reply(dns({ answers: [record(), record(NAME, new Uint8Array(200))] }));
  const question = 14 + 20 + 8 + 12 + NAME.length + 4;
  for (let captured = 42; captured <= data.length; captured++) {
    const cut = { time, data: data.subarray(0, captured), wire: data.length };
    assertEquals(valid(query, cut), captured >= question, `${captured} octets`);
  }
  // What is there is at fault
  const bad = reply(
    dns({ answers: [record(Uint8Array.of(0x40, 0)), record(NAME, new Uint8Array(200))] }),
  );
  const cut = { time, data: bad.data.subarray(0, question + 20), wire: bad.data.length };
  assertEquals(valid(query, cut), false);
});

Deno.test("dns: the message ends with the datagram, not with the packet", () => {
  const datagram = udp(dns(), 53, 5000);
  datagram.set(be16(8 + 20), 4);
  const frame = ethernet(ip4(datagram, { protocol: UDP, source: B4, destination: A4 }));
  assertEquals(valid(query, { time: 1, data: frame }), false);
});

const overTcp = (message: Uint8Array, length = message.length) => join(be16(length), message);
const segments = (...payloads: Uint8Array[]) =>
  valid(there(0), ...payloads.map((payload, i) => back(1 + i, { payload })));

Deno.test("dns: over TCP the first payload in reverse begins with the length", () => {
  assertEquals(segments(overTcp(dns())), true);
  assertEquals(segments(new Uint8Array(), overTcp(dns())), true, "an ACK is no payload");
  assertEquals(segments(dns()), false, "no length");
  assertEquals(segments(overTcp(dns(), 20)), false, "a length that is too small");
  assertEquals(segments(Uint8Array.of(0), overTcp(dns())), false, "not the first payload");
  assertEquals(segments(Uint8Array.of(0)), false);
});

Deno.test("dns: over TCP a message may go on in later segments", () => {
  const message = overTcp(dns({ answers: [record(NAME, new Uint8Array(3000))] }));
  assertEquals(segments(message.subarray(0, 1400), message.subarray(1400)), true);
  assertEquals(segments(message.subarray(0, 20), message.subarray(20)), false, "a question in two");
});

Deno.test("dns: answers do not end the flow of a capture", () => {
  const twice = [query, reply(dns()), query, reply(dns())];
  for (const chains of [["dns"], ["udp"], ["dns", "udp"]]) {
    const { flows } = dissect(twice, { chains: ["basic", ...chains] });
    assertEquals(flows.map(({ pkt_fwd, pkt_rev }) => [pkt_fwd, pkt_rev]), [[2, 2]], `${chains}`);
  }
});

Deno.test("dns: a valid response completes a flow that is waited for", () => {
  const completes = (payload: Uint8Array, chains = ["dns"]) => {
    const table = flowTable({ chains: ["basic", ...chains], expectedOnly: true });
    const ends = [{ address: "192.0.2.1", port: 5000 }, {
      address: "198.51.100.7",
      port: 53,
    }] as const;
    const flow = table.expect(...ends, UDP);
    feed(table, [query, reply(payload)]);
    assertEquals(recordOf(table, flow).pkt_rev, 1);
    return table.nextReady() === flow;
  };
  assertEquals(completes(dns()), true);
  assertEquals(completes(dns({ flags: 0 })), false);
  assertEquals(completes(dns(), ["udp"]), false, "the chain is off");
});
