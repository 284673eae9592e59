import { assert, assertEquals } from "@std/assert";
import { random } from "../data/random.ts";
import { type ArmPacket, rowOf } from "./probe_fixture.ts";
import { line, ping, question, syn } from "./probe_packets.ts";
import {
  answersTo,
  counted,
  datagramFor,
  dnsAnswerFor,
  ends,
  errorFor,
  probe,
  replyFor,
  RUN,
  segmentFor,
  take,
} from "./answer_fixture.ts";

/** Forged answers of each form: three of them make 100,000 and more. */
const FORGED = 35_000;
const AT_ONCE = 2500;
/** One address to send from, so that nobody needs to guess it. */
const SOURCES = { 4: [RUN.sources[4]![0]!] };

type Next = (below: number) => number;

/** What an attacker who sees no probe makes of one that was sent by another run. */
interface Form {
  readonly arms: readonly ArmPacket[];
  readonly port: number;
  readonly sharesPort: boolean;
  answer(octets: Uint8Array): Uint8Array;
  /** Guesses what cannot be known. */
  guess(answer: DataView, transport: number, next: Next): void;
}

const u32 = (next: Next) => next(2 ** 16) * 2 ** 16 + next(2 ** 16);
const port = (next: Next) => RUN.ports.first + next(RUN.ports.last - RUN.ports.first + 1);

const FORMS: Readonly<Record<string, Form>> = {
  "SYN-ACKs": {
    arms: [syn(4), syn(4, { ecn: 1 })],
    port: 443,
    sharesPort: false,
    answer: segmentFor,
    guess(answer, at, next) {
      answer.setUint16(at + 2, port(next));
      answer.setUint32(at + 8, u32(next));
    },
  },
  "DNS answers": {
    arms: [question(4, ["www", "example", "org"]), question(4, ["www", "example", "org"])],
    port: 53,
    sharesPort: true,
    answer: dnsAnswerFor,
    guess(answer, at, next) {
      answer.setUint16(at + 2, port(next));
      answer.setUint16(at + 8, next(2 ** 16));
      for (let octet = at + 20; octet < at + 35; octet++) {
        const value = answer.getUint8(octet) | 0x20;
        if (value >= 0x61 && value <= 0x7a) answer.setUint8(octet, value - 0x20 * next(2));
      }
    },
  },
  "ICMP errors that quote eight octets of a datagram": {
    arms: [line(4, "", ""), line(4, "ab", "")],
    port: 7,
    sharesPort: true,
    answer: (octets) => errorFor(octets, 28),
    guess(answer, at, next) {
      answer.setUint16(at + 8 + 4, 1 + next(2 ** 16 - 1));
      answer.setUint16(at + 8 + 20, port(next));
      answer.setUint16(at + 8 + 26, next(2 ** 16));
    },
  },
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`no forged answer gets in: ${name} of one who knows all but the key and the probes`, () => {
    const { arms, sharesPort } = form;
    const answers = answersTo(arms, { sharesPort, sources: SOURCES });
    const next = random(17);
    const rows = Array.from({ length: 256 }, (_, i) => rowOf(`198.51.100.${i}`, form.port));
    const theirs = { sharesPort, sources: SOURCES, key: new Uint8Array(16) };
    const packets = rows.map((row, i) => form.answer(probe(arms, row, { arm: i % 2 }, theirs)));
    const views = packets.map((octets) => new DataView(octets.buffer));
    for (let forged = 0; forged < FORGED; forged += AT_ONCE) {
      // Copied one by one, as each is guessed anew
      const some = Array.from({ length: AT_ONCE }, (_, i) => {
        form.guess(views[i % 256]!, 20, next);
        return packets[i % 256]!.slice();
      });
      take(answers, some, 8500);
    }
    const { foreign, unproven } = answers.counts;
    assertEquals(foreign + unproven, FORGED);
    assertEquals([answers.targets, answers.waiting, answers.answers], [0, 0, 0]);
    assertEquals(answers.due(1e6, 10), []);
    // The same packets count when they echo what was sent
    const right = probe(arms, rows[0]!, { ms: 8000 }, { sharesPort, sources: SOURCES });
    take(answers, [form.answer(right)], 8500);
    assertEquals(answers.targets, 1);
  });
}

Deno.test("mangled answers never trap, and each packet is counted as one kind", () => {
  const all: [readonly ArmPacket[], boolean, (octets: Uint8Array) => Uint8Array][] = [];
  for (const version of [4, 6] as const) {
    all.push([[syn(version), syn(version, { ecn: 2 })], false, segmentFor]);
    all.push([
      [question(version, ["www", "org"]), question(version, ["x"], 0)],
      true,
      dnsAnswerFor,
    ]);
    all.push([[line(version, "a", ""), line(version, "", "b")], true, datagramFor]);
    all.push([[ping(version, 2), ping(version)], true, replyFor]);
  }
  const next = random(99);
  for (const [arms, sharesPort, answer] of all) {
    const answers = answersTo(arms, { sharesPort, most: 64, shapes: 16, probes: 3 });
    let given = 0;
    for (let batch = 0; batch < 20; batch++) {
      const packets = Array.from({ length: 30 }, () => {
        const version = arms[0]!.packet.ip.source.includes(":") ? 6 : 4;
        const address = version === 4 ? `198.51.100.${next(100)}` : `2001:db8:1::${next(100)}`;
        const row = rowOf(address, sharesPort && answer === replyFor ? 0 : 53);
        const sent = { arm: next(2), round: next(3), ms: 1000 * batch };
        const octets = probe(arms, row, sent, { sharesPort });
        const length = 8 + ends(octets).transport + next(octets.length);
        const packet = next(2) === 0 ? answer(octets) : errorFor(octets, length);
        for (let changes = next(4); changes > 0; changes--) {
          packet[next(packet.length)] = next(256);
        }
        return next(4) === 0 ? packet.slice(0, next(packet.length + 1)) : packet;
      });
      given += packets.length;
      take(answers, packets, 1000 * batch);
      const counts = Object.values(answers.counts);
      assertEquals(counts.reduce((sum, count) => sum + count, 0), given);
      for (const { arms: told } of answers.due(1000 * batch, 100)) {
        for (const arm of told) assert(arm === null || arm.octets.length <= 128);
      }
    }
    assert(answers.targets > 20, `${answers.targets}`);
  }
});

Deno.test("records that are cut, or say that they are longer than the input, end a batch", () => {
  const answers = answersTo([syn(4)]);
  const right = segmentFor(probe([syn(4)], rowOf("198.51.100.7", 443)));
  const put = (captured: number) => {
    const { input } = answers;
    const view = new DataView(input.buffer, input.byteOffset);
    view.setUint32(8, captured, true);
    view.setUint32(12, captured, true);
    input.set(right, 16);
  };
  put(2 ** 32 - 1);
  answers.take(16 + right.length, 12, 1000, 0);
  put(right.length + 1);
  answers.take(16 + right.length, 12, 1000, 0);
  answers.take(15, 12, 1000, 0);
  assertEquals(counted(answers), {});
  put(right.length);
  answers.take(16 + right.length, 12, 1000, 0);
  assertEquals(counted(answers), { synack: 1 });
  // A link type that nobody reads
  answers.take(16 + right.length, 147, 1000, 0);
  assertEquals(counted(answers), { synack: 1, malformed: 1 });
});
