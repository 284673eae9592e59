import { ACK, be16, be32, FIN, join, SYN } from "../data/packets.ts";
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
  const query = message(QUERY, 0, ...QUESTION);
  if (next(4) === 0) return overTcp(next, query, answer);
  const line = (reverse: boolean, payload: Uint8Array): Line => ({
    after: soon(next),
    reverse,
    content: { kind: "udp", payload, zero: false },
  });
  const asked = line(false, query);
  const lines = [asked, ...next(4) === 0 ? [asked] : [], line(true, answer)];
  // The same ports again, at once or when the flow has gone
  return next(4) === 0 ? [...lines, { ...asked, after: soon(next) + next(9) }] : lines;
}

/** The same in a connection, each message behind its length. */
function overTcp(next: Random, query: Uint8Array, answer: Uint8Array): Line[] {
  const line = (reverse: boolean, flags: number, payload: Uint8Array | number = 0): Line => ({
    after: soon(next),
    reverse,
    content: { kind: "tcp", flags, sequence: reverse ? 9000 : 5000, payload },
  });
  const framed = (message: Uint8Array) => join(be16(message.length), message);
  return [
    line(false, SYN),
    line(true, SYN | ACK),
    line(false, ACK, framed(query)),
    line(true, ACK, framed(answer)),
    line(false, ACK),
    line(true, FIN | ACK),
    line(false, FIN | ACK),
  ];
}
