import { assertEquals } from "@std/assert";
import { PacketBuilder } from "../../../src/connect/transport/packet_builder.ts";
import type { PacketSpec } from "../../../src/contract/packet.ts";
import { Matcher, type ProbeFlow } from "../../../src/probe/localise/matcher.ts";
import { Probe } from "../../../src/probe/localise/probe.ts";
import { observe } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import { ethernet } from "../../data/packets.ts";

const builder = new PacketBuilder();
const build = (spec: PacketSpec) => builder.build(spec).octets.slice();

const HOSTS = {
  4: { us: "192.0.2.1", them: "198.51.100.7", router: "203.0.113.1" },
  6: { us: "2001:db8::1", them: "2001:db8:1::2", router: "2001:db8:2::1" },
} as const;
type Version = 4 | 6;

const SEQUENCE = 0xdead_beef;
const ID = 0x1234;
const SOURCE = 61_000;

/** The probe as it leaves: a SYN with DSCP 46 and an MSS. */
function sent(
  version: Version,
  change: Partial<{ sequence: number; dscp: number; id: number }> = {},
) {
  const { us, them } = HOSTS[version];
  return build({
    ip: {
      source: us,
      destination: them,
      ttl: 1,
      dscp: change.dscp ?? 46,
      ...(version === 4 ? { identification: change.id ?? ID } : { flowLabel: 0x12345 }),
    },
    transport: {
      kind: "tcp",
      sourcePort: SOURCE,
      destinationPort: 80,
      sequence: change.sequence ?? SEQUENCE,
      flags: 2,
      window: 1000,
      options: [{ kind: 2, data: Uint8Array.of(5, 0xb4) }, { kind: 4 }],
    },
  });
}

interface Message {
  readonly from?: string;
  readonly type?: number;
  readonly code?: number;
  readonly checksum?: number;
  readonly rest?: number;
}

/** An ICMP error about a packet, time exceeded unless it says otherwise. */
function error(version: Version, quoted: Uint8Array, message: Message = {}): Uint8Array {
  const { us, router } = HOSTS[version];
  return build({
    ip: { source: message.from ?? router, destination: us },
    transport: {
      kind: "icmp",
      type: message.type ?? (version === 4 ? 11 : 3),
      code: message.code ?? 0,
      ...(message.rest === undefined ? {} : { rest: message.rest }),
      ...(message.checksum === undefined ? {} : { checksum: message.checksum }),
    },
    payload: quoted,
  });
}

function answer(version: Version, flags: number, acknowledgment: number): Uint8Array {
  const { us, them } = HOSTS[version];
  return build({
    ip: { source: them, destination: us },
    transport: { kind: "tcp", sourcePort: 80, destinationPort: SOURCE, flags, acknowledgment },
  });
}

/** The result for packets that are captured after the probe itself. */
function hear(version: Version, packets: readonly Uint8Array[], leaves = true) {
  const { us, them } = HOSTS[version];
  const matcher = new Matcher();
  const flow: ProbeFlow = {
    source: us,
    sourcePort: SOURCE,
    destination: them,
    destinationPort: 80,
    ignored: { wrongChecksum: 0, neverSent: 0 },
  };
  const probe = new Probe(1, 3, SEQUENCE, version === 4 ? ID : null, 10, false);
  matcher.addFlow(flow);
  matcher.add(probe, flow);
  const frames = [...leaves ? [sent(version)] : [], ...packets];
  observe({
    icmp4: (_, icmp) => matcher.icmp(icmp),
    icmp6: (_, icmp) => matcher.icmp(icmp),
    tcp: (_, tcp) => matcher.tcp(tcp),
  }, frames.map((packet) => single(ethernet(packet))));
  const answers = probe.answers.map(({ kind, responder, quotation }) => ({
    kind,
    responder,
    length: quotation?.length,
    changed: quotation === null ? undefined : Object.fromEntries(quotation.comparison.changed),
    seen: quotation?.comparison.seen,
  }));
  return { probe, answers, ignored: flow.ignored };
}

const NONE = { wrongChecksum: 0, neverSent: 0 };

for (const version of [4, 6] as const) {
  const { router, them } = HOSTS[version];
  const header = version === 4 ? 20 : 40;

  Deno.test(`IPv${version}: a whole quotation shows every field, and what was changed`, () => {
    const { answers: [one, two], ignored } = hear(version, [
      error(version, sent(version)),
      error(version, sent(version, { dscp: 0 })),
    ]);
    assertEquals([one?.kind, one?.responder, one?.length], ["expired", router, header + 28]);
    assertEquals(one?.changed, {});
    assertEquals(one?.seen?.has("mss"), true);
    assertEquals(two?.changed, { dscp: 0 });
    assertEquals(ignored, NONE);
  });

  Deno.test(`IPv${version}: of eight octets nothing is concluded but what they show`, () => {
    const { answers: [one] } = hear(version, [
      error(version, sent(version, { dscp: 1 }).subarray(0, header + 8)),
    ]);
    assertEquals([one?.length, one?.changed], [header + 8, { dscp: 1 }]);
    assertEquals(
      ["source_port", "destination_port", "sequence"].map((field) => one?.seen?.has(field)),
      [true, true, true],
    );
    assertEquals(
      ["flags", "mss", "window", "reserved", "sack_permitted"].filter((field) =>
        one?.seen?.has(field)
      ),
      [],
    );
  });

  Deno.test(`IPv${version}: options behind the end of a quotation were not taken off`, () => {
    const whole = sent(version);
    const { answers: [one] } = hear(version, [error(version, whole.subarray(0, header + 24))]);
    assertEquals([one?.changed, one?.seen?.has("mss")], [{}, true]);
    assertEquals(one?.seen?.has("sack_permitted"), false);
    const { answers: [none] } = hear(version, [error(version, whole.subarray(0, header + 22))]);
    assertEquals([none?.changed, none?.seen?.has("mss"), none?.seen?.has("flags")], [
      {},
      false,
      true,
    ]);
  });

  Deno.test(`IPv${version}: messages with a wrong checksum are passed over and counted`, () => {
    const { answers, ignored } = hear(version, [
      error(version, sent(version, { dscp: 0 }), { checksum: 0x1111 }),
    ]);
    assertEquals(answers, []);
    assertEquals(ignored, { wrongChecksum: 1, neverSent: 0 });
  });

  Deno.test(`IPv${version}: quotations of packets that were never sent are passed over`, () => {
    const other = { sequence: SEQUENCE + 1, id: ID + 1 };
    const { answers, ignored } = hear(version, [
      error(version, sent(version, other)),
      error(version, sent(version, other), { from: them, type: version === 4 ? 3 : 1 }),
    ]);
    assertEquals([answers, ignored], [[], { wrongChecksum: 0, neverSent: 2 }]);
  });

  Deno.test(`IPv${version}: what contradicts another answer to one packet is not believed`, () => {
    const { probe } = hear(version, [
      error(version, sent(version)),
      error(version, sent(version, { dscp: 0 }), { from: them }),
    ]);
    assertEquals([probe.answer, probe.disputed], [null, true]);
    const { probe: same } = hear(version, [
      error(version, sent(version)),
      error(version, sent(version)),
    ]);
    assertEquals([same.answer?.kind, same.disputed], ["expired", false]);
  });

  Deno.test(`IPv${version}: an answer to a packet that was not seen to leave is none`, () => {
    const { answers } = hear(version, [
      error(version, sent(version)).slice(),
      answer(version, 0x12, SEQUENCE + 1),
    ], false);
    assertEquals(answers, []);
  });

  Deno.test(`IPv${version}: the target's own answers, to the SYN or its data`, () => {
    const kinds = hear(version, [
      answer(version, 0x12, SEQUENCE + 1),
      answer(version, 0x12, SEQUENCE + 11),
      answer(version, 0x14, SEQUENCE + 1),
      answer(version, 0x14, SEQUENCE),
      answer(version, 0x04, 0),
    ]).answers.map(({ kind }) => kind);
    assertEquals(kinds, ["syn-ack", "syn-ack", "rst"]);
  });

  Deno.test(`IPv${version}: which messages end a packet's way, and which say nothing of it`, () => {
    const kinds = (type: number, code = 0) =>
      hear(version, [error(version, sent(version), { type, code })]).answers.map(({ kind }) =>
        kind
      );
    const [expired, unreachable] = version === 4 ? [11, 3] : [3, 1];
    assertEquals(kinds(expired), ["expired"]);
    assertEquals(kinds(expired, 1), []); // while fragments were put together
    assertEquals(kinds(unreachable, 13), ["refused"]);
    assertEquals(version === 4 ? kinds(5) : kinds(2), version === 4 ? [] : ["refused"]);
  });
}

Deno.test("a rewritten sequence number is found by the identification", () => {
  const { answers: [one] } = hear(4, [error(4, sent(4, { sequence: 7 }))]);
  assertEquals(one?.changed, { sequence: "rewritten" });
});

Deno.test("padding and extensions behind a quotation are not the packet (RFC 4884)", () => {
  const padded = new Uint8Array(128 + 12);
  padded.set(sent(4));
  padded.set([0x20, 0, 0, 0, 0, 8, 1, 1, 0, 1, 1, 64], 128);
  const { answers: [one] } = hear(4, [error(4, padded, { rest: 32 << 16 })]);
  assertEquals([one?.length, one?.changed], [48, {}]);
});

Deno.test("a quotation that is cut and filled with zeros shows what is before them (RFC 4884)", () => {
  const padded = new Uint8Array(128 + 4);
  padded.set(sent(4).subarray(0, 28));
  const { answers: [one] } = hear(4, [error(4, padded, { rest: 32 << 16 })]);
  assertEquals(one?.changed, {});
  assertEquals(one?.seen?.has("flags"), false);
  padded.set(sent(4).subarray(0, 44));
  const { answers: [more] } = hear(4, [error(4, padded, { rest: 32 << 16 })]);
  assertEquals([more?.changed, more?.seen?.has("mss"), more?.seen?.has("sack_permitted")], [
    {},
    true,
    false,
  ]);
});

Deno.test("an option that is cut and filled with zeros is not seen, wherever it is cut", () => {
  const whole = sent(4);
  for (let octets = 20; octets <= whole.length; octets++) {
    const padded = new Uint8Array(128);
    padded.set(whole.subarray(0, octets));
    const { answers: [one] } = hear(4, [error(4, padded)]);
    assertEquals(one?.changed ?? {}, {}, `${octets} octets`);
    const { answers: [plain] } = hear(4, [error(4, whole.subarray(0, octets))]);
    assertEquals(plain?.changed ?? {}, {}, `${octets} octets, not filled`);
  }
});

Deno.test("errors that quote nothing, or half a header, are no evidence", () => {
  const { answers, ignored } = hear(4, [
    error(4, new Uint8Array()),
    error(4, sent(4).subarray(0, 19)),
    error(4, sent(4).subarray(0, 24)),
  ]);
  assertEquals([answers, ignored], [[], NONE]);
});
