import { be16, be32, join } from "../data/packets.ts";
import { type Line, pick, type Random, soon } from "./conversation.ts";

const NAME = [3, 119, 119, 119, 7, ...new TextEncoder().encode("example"), 0];
const QUESTION = [...NAME, ...be16(1), ...be16(1)];
const ANSWER = [0xc0, 12, ...be16(1), ...be16(1), ...be32(60), ...be16(4), 192, 0, 2, 9];
const QUERY = 0x0100;
const RESPONSE = 0x8180;
const NXDOMAIN = 3;

function message(flags: number, answers: number, ...body: number[]): Uint8Array {
  return join(be16(7), be16(flags), be16(1), be16(answers), be16(0), be16(0), body);
}

/** A question to port 53 and what comes back: an answer most of the time, right or wrong. */
export function resolution(next: Random): Line[] {
  const answer = pick(next, [
    message(RESPONSE, 1, ...QUESTION, ...ANSWER),
    message(RESPONSE, 2, ...QUESTION, ...ANSWER, ...ANSWER),
    message(RESPONSE | NXDOMAIN, 0, ...QUESTION),
    message(QUERY, 0, ...QUESTION),
    // Less than it says that it has
    message(RESPONSE, 3, ...QUESTION, ...ANSWER),
    message(RESPONSE, 1, ...QUESTION, ...ANSWER.slice(0, -2)),
    message(RESPONSE, 1, ...QUESTION).slice(0, 15),
    new Uint8Array(5),
  ]);
  const line = (reverse: boolean, payload: Uint8Array): Line => ({
    after: soon(next),
    reverse,
    content: { kind: "udp", payload, zero: false },
  });
  const asked = line(false, message(QUERY, 0, ...QUESTION));
  const lines = [asked, ...next(4) === 0 ? [asked] : [], line(true, answer)];
  // The same ports again, at once or when the flow has gone
  return next(4) === 0 ? [...lines, { ...asked, after: soon(next) + next(9) }] : lines;
}
