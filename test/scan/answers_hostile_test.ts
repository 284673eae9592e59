import { assert, assertEquals } from "@std/assert";
import { random } from "../data/random.ts";
import { type ArmPacket, rowOf } from "./probe_fixture.ts";
import { attack, FORMS } from "./forged.ts";
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
  segmentFor,
  take,
} from "./answer_fixture.ts";

/** Forged answers of each form: three of them make 100,000 and more. */
const FORGED = 35_000;

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`no forged answer gets in: ${name} of one who knows all but the key and the probes`, () => {
    const { answers, right } = attack(form, FORGED, 17);
    const { foreign, unproven } = answers.counts;
    assertEquals(foreign + unproven, FORGED);
    assertEquals([answers.targets, answers.waiting, answers.answers], [0, 0, 0]);
    assertEquals(answers.due(1e6, 10), []);
    // The same packets count when they echo what was sent
    take(answers, [right], 8500);
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
