import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "option-echo",
  version: "1.0.0",
  api: "^1",
  summary: "puts a TCP option of the SYN into a SYN-ACK that is without it",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "the kind of the option", minimum: 2, maximum: 255 },
  narrows: ["to", "port"],
  program(kind: number, { memory }) {
    const asked = memory<Uint8Array>();
    return (packet) => {
      const flags = packet.tcpFlags & (SYN | ACK);
      if (flags === SYN) {
        const option = packet.option(kind);
        if (option !== null) asked.set(packet.flow, option);
      } else if (flags === (SYN | ACK) && packet.option(kind) === null) {
        const option = asked.get(packet.flow);
        if (option !== undefined) packet.addOption(option);
      }
      return undefined;
    };
  },
} satisfies Middlebox;
