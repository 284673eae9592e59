import type { Middlebox } from "../../src/mod.ts";

const ECT1 = 1;
const CE = 3;

/** How long an L4S packet may wait before it is marked, in milliseconds (RFC 9332, appendix A.1). */
const STEP_MS = 1;
/** The same for classic packets, which are dropped where they cannot be marked. */
const CLASSIC_MS = 15;
/** How long any may wait. */
const LONGEST_MS = 250;

export default {
  kind: "middlebox",
  name: "l4s-queue",
  version: "1.0.0",
  api: "^1",
  summary: "sends at a rate, from two queues: L4S packets are marked when they wait for 1 ms",
  references: ["RFC 9332"],
  value: { type: "rate", summary: "bits a second", minimum: 8000 },
  narrows: ["to", "direction"],
  program(rate: number, { now }) {
    const directions = { forward: queues(), reverse: queues() };
    return (packet) => {
      const { classic, l4s } = directions[packet.direction];
      const at = now();
      const isL4s = packet.ecn === ECT1 || packet.ecn === CE;
      const time = packet.octets * 8 / rate * 1000;
      const queue = isL4s ? l4s : classic;
      const begin = Math.max(at, queue.free, isL4s ? 0 : l4s.free);
      const waits = begin - at;
      const isMarked = waits > (isL4s ? STEP_MS : CLASSIC_MS);
      // Only what is sent takes time of the link
      if (waits > LONGEST_MS || isMarked && packet.ecn === 0) return "drop";
      if (isMarked) packet.ecn = CE;
      queue.free = begin + time;
      // What the one sends, the other waits for: they share the rate
      if (isL4s) classic.free = Math.max(classic.free, at) + time;
      return { delay: begin + time - at };
    };
  },
} satisfies Middlebox;

/** Until when each queue of a direction sends, in milliseconds. */
function queues() {
  return { classic: { free: 0 }, l4s: { free: 0 } };
}
