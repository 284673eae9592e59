import fc from "fast-check";
import type { PacketSpec } from "../../src/contract/packet.ts";
import { addressText } from "../../src/host/address.ts";

/** Generated packets to forge: every field, in its whole range. */

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const octets = (maxLength: number) => fc.uint8Array({ maxLength });

/** A value or none. */
// deno-lint-ignore no-explicit-any -- the field's type is its own
function maybe<T>(model: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<any> {
  return fc.record(model, { requiredKeys: [] });
}

const address = (length: 4 | 16) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(addressText);

const both = { ttl: u8, dscp: fc.nat(63), ecn: fc.nat(3) };

const ip = fc.oneof(
  fc.tuple(
    fc.record({ source: address(4), destination: address(4) }),
    maybe<number | boolean>({
      ...both,
      identification: u16,
      reserved: fc.boolean(),
      dontFragment: fc.boolean(),
    }),
  ),
  fc.tuple(
    fc.record({ source: address(16), destination: address(16) }),
    maybe<number>({ ...both, flowLabel: fc.nat(0xf_ffff) }),
  ),
).map(([addresses, rest]) => ({ ...addresses, ...rest }));

/** Options that fit into a header together; none is an end of options, after which nothing is read. */
const options = fc.array(
  fc.oneof(
    fc.constant({ kind: 1 }),
    fc.record({ kind: fc.integer({ min: 2, max: 255 }), data: octets(8) }),
  ),
  { maxLength: 4 },
);

const tcp = fc.tuple(
  fc.record({ kind: fc.constant("tcp"), sourcePort: u16, destinationPort: u16, flags: u8 }),
  maybe<unknown>({
    sequence: u32,
    acknowledgment: u32,
    reserved: fc.nat(15),
    window: u16,
    urgent: u16,
    options,
  }),
);

const udp = fc.tuple(
  fc.record({ kind: fc.constant("udp"), sourcePort: u16, destinationPort: u16 }),
  fc.constant({}),
);

const icmp = fc.tuple(
  // Messages of lower types are errors, which belong to the flow that they quote
  fc.record({ kind: fc.constant("icmp"), type: fc.integer({ min: 13, max: 255 }), code: u8 }),
  maybe<number>({ rest: u32 }),
);

/** Packets whose lengths and checksums are right. */
export const rightSpecs: fc.Arbitrary<PacketSpec> = fc.record({
  ip,
  transport: fc.oneof(tcp, udp, icmp).map(([must, may]) => ({ ...must, ...may })),
  payload: octets(64),
});
