import { be16, be32, join } from "./packets.ts";

/** A DNS message, any part of which may be wrong. */
export interface Dns {
  /** The header's second 16 bits: QR, opcode, flags, RCODE. */
  flags?: number;
  /** Questions and records of each section; the header counts them. */
  questions?: readonly Uint8Array[];
  answers?: readonly Uint8Array[];
  authorities?: readonly Uint8Array[];
  additionals?: readonly Uint8Array[];
  /** The four counts, when they are to be others. */
  counts?: readonly [number, number, number, number];
}

/** A response that recursion was available for. */
export const RESPONSE = 0x8180;
/** Octets of a name, `www.example.org`. */
export const NAME = Uint8Array.from(
  [3, "www", 7, "example", 3, "org", 0].flatMap((part) =>
    typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]
  ),
);
/** A pointer to the first question's name. */
export const POINTER = Uint8Array.of(0xc0, 12);

/** A message; by default the answer to a question for an address. */
export function dns(message: Dns = {}): Uint8Array<ArrayBuffer> {
  const sections = [
    message.questions ?? [question()],
    message.answers ?? [record()],
    message.authorities ?? [],
    message.additionals ?? [],
  ];
  const counts = message.counts ?? sections.map((section) => section.length);
  return join(
    [0x12, 0x34],
    be16(message.flags ?? RESPONSE),
    ...counts.map(be16),
    ...sections.flat(),
  );
}

/** A question for an IPv4 address. */
export function question(name = NAME): Uint8Array<ArrayBuffer> {
  return join(name, [0, 1, 0, 1]);
}

/** A record with an IPv4 address. */
export function record(
  name = POINTER,
  data = Uint8Array.of(192, 0, 2, 9),
  length = data.length,
): Uint8Array<ArrayBuffer> {
  return join(name, [0, 1, 0, 1], be32(300), be16(length), data);
}
