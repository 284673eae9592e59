import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

/** What is put there of an option that has a usual form; of others the kind and length alone. */
const USUAL: ReadonlyMap<number, readonly number[]> = new Map([
  [2, [2, 4, 5, 0xb4]],
  [3, [3, 3, 7]],
  [8, [8, 10, 0, 0, 0, 1, 0, 0, 0, 0]],
]);

export default {
  kind: "middlebox",
  name: "option-add",
  version: "1.0.0",
  api: "^1",
  summary: "puts a TCP option into SYN-ACKs that are without it, asked for or not",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "the kind of the option", minimum: 2, maximum: 255 },
  narrows: ["to", "port", "probability"],
  program(kind: number) {
    const option = Uint8Array.from(USUAL.get(kind) ?? [kind, 2]);
    return (packet) => {
      if ((packet.tcpFlags & (SYN | ACK)) === (SYN | ACK) && packet.option(kind) === null) {
        packet.addOption(option);
      }
      return undefined;
    };
  },
} satisfies Middlebox;
