import { IPPROTO_TCP, IPPROTO_UDP } from "../host/ip_protocol.ts";
import type { ProbeTemplate } from "./probe_template.ts";

/** Octets of a token in an ICMP payload, and of its digits in a line. */
const TOKEN = 8;
const DIGITS = 16;
/** Of the value of a timestamp. */
const TIMESTAMP = 4;

/**
 * The octets of a packet with zeros where its targets differ: addresses, ports, IP id, checksums, and
 * what the echo and the timestamp fill in. Letters of a DNS question are lower case instead.
 */
export function zeroed(template: ProbeTemplate): Uint8Array {
  const { version, protocol, transportAt, echo, timestampAt } = template;
  const octets = template.octets.slice();
  if (version === 4) {
    octets.fill(0, 4, 6);
    octets.fill(0, 10, 20);
  } else octets.fill(0, 8, 40);
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    octets.fill(0, transportAt, transportAt + 4);
  }
  const sum = transportAt + CHECKSUM_AT[protocol]!;
  octets.fill(0, sum, sum + 2);
  if (timestampAt !== null) octets.fill(0, timestampAt, timestampAt + TIMESTAMP);
  switch (echo.kind) {
    case "sequence":
      octets.fill(0, transportAt + 4, transportAt + 8);
      break;
    case "dns":
      octets.fill(0, echo.idAt, echo.idAt + 2);
      for (const at of echo.letters) octets[at]! |= 0x20;
      break;
    case "text":
      octets.fill(0, echo.at, echo.at + DIGITS);
      break;
    case "echo":
      octets.fill(0, transportAt + 4, transportAt + 8);
      octets.fill(0, echo.at, echo.at + TOKEN);
  }
  return octets;
}

/** Where a transport's checksum stands in its header, by protocol number. */
export const CHECKSUM_AT: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6, 58: 2 };
