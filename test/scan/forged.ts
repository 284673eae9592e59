import type { Answers } from "../../src/scan/answers.ts";
import { random } from "../data/random.ts";
import {
  answersTo,
  dnsAnswerFor,
  errorFor,
  probe,
  RUN,
  segmentFor,
  take,
} from "./answer_fixture.ts";
import { type ArmPacket, rowOf } from "./probe_fixture.ts";
import { line, question, syn } from "./probe_packets.ts";

const AT_ONCE = 2500;
/** One address to send from, so that nobody needs to guess it. */
const SOURCES = { 4: [RUN.sources[4]![0]!] };

type Next = (below: number) => number;

/** What an attacker who sees no probe makes of one that was sent by another run. */
export interface Form {
  readonly arms: readonly ArmPacket[];
  readonly port: number;
  readonly sharesPort: boolean;
  answer(octets: Uint8Array): Uint8Array;
  /** Guesses what cannot be known. */
  guess(answer: DataView, transport: number, next: Next): void;
}

const u32 = (next: Next) => next(2 ** 16) * 2 ** 16 + next(2 ** 16);
const port = (next: Next) => RUN.ports.first + next(RUN.ports.last - RUN.ports.first + 1);

/** Each form of answer, in the words of a title. */
export const FORMS: Readonly<Record<string, Form>> = {
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

/** Targets whose answers are forged. */
const TARGETS = 256;

/** What forged answers met, and one that was not. */
export interface Attack {
  readonly answers: Answers;
  /** An answer to a probe that was sent. */
  readonly right: Uint8Array;
}

/**
 * Gives a scan forged answers, of an attacker who knows targets, ports and all else but the key and the
 * probes.
 *
 * @param count a multiple of 2,500
 */
export function attack(form: Form, count: number, seed: number): Attack {
  const { arms, sharesPort } = form;
  const answers = answersTo(arms, { sharesPort, sources: SOURCES });
  const next = random(seed);
  const rows = Array.from({ length: TARGETS }, (_, i) => rowOf(`198.51.100.${i}`, form.port));
  const theirs = { sharesPort, sources: SOURCES, key: new Uint8Array(16) };
  const packets = rows.map((row, i) => form.answer(probe(arms, row, { arm: i % 2 }, theirs)));
  const views = packets.map((octets) => new DataView(octets.buffer));
  for (let forged = 0; forged < count; forged += AT_ONCE) {
    // Copied one by one, as each is guessed anew
    const some = Array.from({ length: AT_ONCE }, (_, i) => {
      form.guess(views[i % TARGETS]!, 20, next);
      return packets[i % TARGETS]!.slice();
    });
    take(answers, some, 8500);
  }
  const right = form.answer(probe(arms, rows[0]!, { ms: 8000 }, { sharesPort, sources: SOURCES }));
  return { answers, right };
}
