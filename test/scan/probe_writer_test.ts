import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProbeWriter, type ProbeWriterOptions } from "../../src/scan/probe_writer.ts";
import { ROW } from "../../src/scan/target_row.ts";
import { random } from "../data/random.ts";
import {
  armAt,
  type ArmPacket,
  messagesOf,
  probeOf,
  rowOf,
  type Run,
  templateOf,
  versionOf,
} from "./probe_fixture.ts";
import { line, ODD_OPTIONS, ping, question, syn } from "./probe_packets.ts";

const RUN: Run = {
  key: Uint8Array.from({ length: 16 }, (_, i) => 255 - 3 * i),
  ports: { first: 40_000, last: 60_999 },
  sharesPort: false,
  sources: {
    4: ["192.0.2.1", "192.0.2.200", "203.0.113.9"],
    6: ["2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:fffe"],
  },
};
const ETHERNET = Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 0);
const NOTHING = new Uint8Array();

type Arms = readonly ArmPacket[];

function writerOf(arms: Arms, more: Partial<ProbeWriterOptions> = {}): ProbeWriter {
  const over = (version: 4 | 6) => {
    const templates = arms.filter(({ packet }) => versionOf(packet) === version).map(templateOf);
    return templates.length === 0 ? null : templates;
  };
  return new ProbeWriter({
    ...RUN,
    templates: { 4: over(4), 6: over(6) },
    link: NOTHING,
    slots: 64,
    ...more,
  });
}

function fill(writer: ProbeWriter, rows: readonly Uint8Array[]): void {
  rows.forEach((row, i) => writer.rows.set(row, i * ROW));
}

/** Rows of random addresses and ports, over both versions or one. */
function someRows(next: (below: number) => number, count: number, version?: 4 | 6) {
  return Array.from({ length: count }, () => {
    const row = new Uint8Array(ROW);
    for (let i = 0; i < 18; i++) row[i] = next(4) === 0 ? 255 * next(2) : next(256);
    if ((version ?? 4 + 2 * next(2)) === 4) row.fill(0, 0, 10).fill(0xff, 10, 12);
    else row[0] = 0x20;
    return row;
  });
}

const KINDS: Readonly<Record<string, (version: 4 | 6) => Arms>> = {
  "SYNs with all that ECN, DSCP and options change": (version) => [
    syn(version),
    syn(version, { ecn: 1, dscp: 46, ttl: 3 }),
    syn(version, {}, []),
    syn(version, {}, ODD_OPTIONS),
    syn(version, {}, undefined, new TextEncoder().encode("odd")),
  ],
  "DNS questions": (version) => [
    question(version, ["www", "example", "org"]),
    question(version, ["a-1", "averylonglabelofmanyletters", "net"]),
    question(version, ["www", "example", "org"], 0),
    question(version, []),
  ],
  "lines that carry digits, at even and odd places": (version) => [
    line(version, "", ""),
    line(version, "x", ""),
    line(version, "probe ", "\r\n"),
    line(version, "odd", "length", 0),
  ],
  "echo requests": (version) => [ping(version), ping(version, 1), ping(version, 8, 3)],
};

for (const [name, arms] of Object.entries(KINDS)) {
  for (const sharesPort of [false, true]) {
    for (const link of [NOTHING, ETHERNET]) {
      const how = `${sharesPort ? "one port" : "own ports"}, ${link.length} octets before`;
      Deno.test(`${name} are as the builder makes them: ${how}`, () => {
        const run = { ...RUN, sharesPort };
        const over = { 4: arms(4), 6: arms(6) };
        const writer = writerOf([...over[4], ...over[6]], { sharesPort, link });
        const next = random(name.length + link.length);
        for (let i = 0; i < 12; i++) {
          const rows = someRows(next, 1 + next(64));
          const [round, epoch, ms] = [next(4), next(2 ** 31), next(2 ** 31) + 0.75];
          const place = next(over[4].length);
          fill(writer, rows);
          const batch = writer.write(rows.length, place, round, epoch, ms, i % 2 as 0 | 1);
          const messages = messagesOf(batch);
          assertEquals(messages.length, rows.length);
          rows.forEach((row, j) => {
            const version = row[0] === 0 ? 4 : 6;
            const arm = armAt(run, row, place, round, over[4].length);
            const sent = { arm, round, epoch, ms };
            const header = link.slice();
            if (link.length > 0) header.set(version === 4 ? [8, 0] : [0x86, 0xdd], 12);
            const probe = probeOf(run, over[version][arm]!, row, sent);
            assertEquals(messages[j]!.octets, Uint8Array.of(...header, ...probe));
            assertEquals(messages[j]!.name, null);
          });
        }
      });
    }
  }
}

Deno.test("the evil bit, a flow label and another fragment flag of an arm stay", () => {
  const evil = syn(4, { reserved: true, dontFragment: false });
  const labelled = syn(6, { flowLabel: 0x12345 });
  const writer = writerOf([evil, labelled]);
  const rows = someRows(random(7), 40);
  fill(writer, rows);
  const sent = { arm: 0, round: 0, epoch: 3, ms: 9 };
  messagesOf(writer.write(40, 0, 0, 3, 9, 0)).forEach(({ octets }, i) => {
    const arm = rows[i]![0] === 0 ? evil : labelled;
    assertEquals(octets, probeOf(RUN, arm, rows[i]!, sent));
    if (arm === evil) assertEquals(octets[6], 0x80);
    else assertEquals(octets.subarray(1, 4), Uint8Array.of(1, 0x23, 0x45));
  });
});

/** The probe to a row of an arm whose last two octets of payload are what is given. */
function probeWith(arm: (last: Uint8Array) => ArmPacket, last: Uint8Array, row: Uint8Array) {
  const writer = writerOf([arm(last)]);
  fill(writer, [row]);
  return {
    written: messagesOf(writer.write(1, 0, 0, 0, 0, 0))[0]!.octets,
    built: probeOf(RUN, arm(last), row, { arm: 0, round: 0, epoch: 0, ms: 0 }),
  };
}

Deno.test("a sum that makes the checksum zero is sent as all ones by UDP, and as it is by others", () => {
  const payload = (arm: ArmPacket, last: Uint8Array): ArmPacket => ({
    ...arm,
    packet: {
      ...arm.packet,
      payload: Uint8Array.of(...(arm.packet.payload ?? []).slice(0, -2), ...last),
    },
  });
  const arms = [
    { at: 6, zero: 0xffff, of: (version: 4 | 6) => line(version, "", "..") },
    { at: 16, zero: 0, of: (version: 4 | 6) => syn(version, {}, [], new Uint8Array(2)) },
    { at: 2, zero: 0, of: (version: 4 | 6) => ping(version, 0, 2) },
  ];
  for (const version of [4, 6] as const) {
    const [row] = someRows(random(8), 1, version);
    for (const { at, zero, of } of arms) {
      const arm = (last: Uint8Array) => payload(of(version), last);
      const place = (version === 4 ? 20 : 40) + at;
      const before = probeWith(arm, new Uint8Array(2), row!).written;
      // What is missing to all ones
      const { written, built } = probeWith(arm, before.slice(place, place + 2), row!);
      assertEquals(written, built);
      assertEquals(new DataView(written.buffer).getUint16(place), zero);
    }
  }
});

Deno.test("targets of a version without templates have no probes", () => {
  const arms = [syn(4), syn(4, { ecn: 2 })];
  const writer = writerOf(arms);
  const rows = someRows(random(9), 64);
  const those = rows.filter((row) => row[0] === 0);
  assert(those.length > 0 && those.length < 64);
  fill(writer, rows);
  for (const place of [0, 1]) {
    const messages = messagesOf(writer.write(64, place, 0, 1, 2, 1));
    assertEquals(
      messages.map(({ octets }) => octets),
      those.map((row) => {
        const arm = armAt(RUN, row, place, 0, 2);
        return probeOf(RUN, arms[arm]!, row, { arm, round: 0, epoch: 1, ms: 2 });
      }),
    );
  }
});

Deno.test("the rows of one version are written alone where versions have sockets of their own", () => {
  const writer = writerOf([syn(4), syn(6)], { names: "inet", interfaceIndex: 7 });
  const rows = [
    rowOf("198.51.100.7", 80),
    rowOf("2001:db8::53", 443),
    rowOf("fe80::1:2", 22),
    rowOf("203.0.113.250", 53),
  ];
  fill(writer, rows);
  const four = messagesOf(writer.write(4, 0, 0, 0, 0, 0, 4));
  const six = messagesOf(writer.write(4, 0, 0, 0, 0, 1, 6));
  const sent = { arm: 0, round: 0, epoch: 0, ms: 0 };
  const probe = (arm: ArmPacket, i: number) => probeOf(RUN, arm, rows[i]!, sent);
  assertEquals(four.map(({ octets }) => octets), [probe(syn(4), 0), probe(syn(4), 3)]);
  assertEquals(six.map(({ octets }) => octets), [probe(syn(6), 1), probe(syn(6), 2)]);
  // struct sockaddr_in, and sockaddr_in6 with the interface where the address asks for it
  const inet = (...address: number[]) =>
    Uint8Array.of(2, 0, 0, 0, ...address, ...new Uint8Array(8));
  assertEquals(four.map(({ name }) => name), [inet(198, 51, 100, 7), inet(203, 0, 113, 250)]);
  const inet6 = (row: Uint8Array, scope: number) =>
    Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 0, ...row.subarray(0, 16), scope, 0, 0, 0);
  assertEquals(six.map(({ name }) => name), [inet6(rows[1]!, 0), inet6(rows[2]!, 7)]);
});

Deno.test("messages of packet sockets without a link layer name protocol and interface", () => {
  const writer = writerOf([syn(4), syn(6)], { names: "packet", interfaceIndex: 0x0102 });
  fill(writer, [rowOf("2001:db8::53", 443), rowOf("198.51.100.7", 80)]);
  const link = (high: number, low: number) =>
    Uint8Array.of(17, 0, high, low, 2, 1, 0, 0, ...new Uint8Array(12));
  const names = messagesOf(writer.write(2, 0, 0, 0, 0, 0)).map(({ name }) => name);
  assertEquals(names, [link(0x86, 0xdd), link(8, 0)]);
});

Deno.test("a half stays as it is while the other one is written", () => {
  const writer = writerOf([syn(4), syn(6)], { names: "inet" });
  const next = random(10);
  fill(writer, someRows(next, 64));
  const first = writer.write(64, 0, 0, 0, 0, 0);
  const before = messagesOf(first);
  fill(writer, someRows(next, 64));
  const second = writer.write(64, 0, 0, 0, 0, 1);
  assertEquals(messagesOf(first), before);
  assertEquals(second.count, 64);
  // Those that wait for the end of the first are not what it sends
  const pointers = ({ messages }: typeof first) => new BigUint64Array(messages.slice().buffer);
  assertEquals(
    new Set([...pointers(first), ...pointers(second)].filter((at) => at > 64n)).size,
    256,
  );
});

Deno.test("probes of one target differ by round and by epoch, and its source address stays", () => {
  const writer = writerOf([syn(4), syn(4, { ecn: 1 })]);
  const [row] = someRows(random(11), 1, 4);
  fill(writer, [row!]);
  const probes = [0, 1].flatMap((round) =>
    [0, 1].flatMap((place) =>
      [0, 1].map((epoch) => messagesOf(writer.write(1, place, round, epoch, 0, 0))[0]!.octets)
    )
  );
  const at = (from: number, to: number) =>
    new Set(probes.map((octets) => octets.subarray(from, to).join())).size;
  assertEquals(at(12, 16), 1);
  assertEquals(at(20, 22), 4);
  assertEquals(at(24, 28), 8);
});

Deno.test("every source address is used, and each about equally often", () => {
  const writer = writerOf([syn(6)], { slots: 3000 });
  fill(writer, someRows(random(12), 3000, 6));
  const used = new Map<string, number>();
  for (const { octets } of messagesOf(writer.write(3000, 0, 0, 0, 0, 0))) {
    const source = octets.subarray(8, 24).join();
    used.set(source, (used.get(source) ?? 0) + 1);
  }
  assertEquals(used.size, 2);
  for (const times of used.values()) assert(times > 1200, `${times}`);
});

Deno.test("what no target could be sent from is refused", () => {
  assertThrows(() => writerOf([syn(4)], { sources: { 6: ["2001:db8::1"] } }), Error, "over IPv4");
  assertThrows(() => writerOf(Array.from({ length: 9 }, () => syn(6))), Error, "8 is the most");
});
