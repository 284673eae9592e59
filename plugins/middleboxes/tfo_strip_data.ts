import type { Middlebox } from "../../src/mod.ts";
import { synsWithData } from "./shared/syn_data.ts";

const SYN = 0x02;
const ACK = 0x10;
const FAST_OPEN = 34;

export default {
  kind: "middlebox",
  name: "tfo-strip-data",
  version: "1.0.0",
  api: "^1",
  summary: "takes the Fast Open option off SYNs with data",
  references: ["RFC 7413"],
  narrows: ["to", "port", "probability"],
  rules: (place) => synsWithData(place).map((match) => `${match} reset tcp option fastopen`),
  program: () => (packet) => {
    if ((packet.tcpFlags & (SYN | ACK)) === SYN && packet.payloadLength > 0) {
      packet.blankOption(FAST_OPEN);
    }
    return undefined;
  },
} satisfies Middlebox;
