import { assertEquals } from "@std/assert";
import { dissect } from "../../data/dissect.ts";
import { A4, B4, be32, ethernet, type Frame, ip4, join, UDP, udp } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["quic"] };

function datagram(payload: Uint8Array, reverse = false): Frame {
  const ip = reverse ? { source: B4, destination: A4 } : {};
  const made = reverse ? udp(payload, 443, 5000) : udp(payload, 5000, 443);
  return { time: 0, data: ethernet(ip4(made, { protocol: UDP, ...ip })) };
}

function long(version: number, destination: number, source: number, first = 0xc3): Uint8Array {
  return join(
    [first],
    be32(version),
    [destination],
    new Uint8Array(destination),
    [source],
    new Uint8Array(source),
    be32(1),
  );
}
const short = (spin: number) => Uint8Array.of(0x40 | spin << 5, 1, 2, 3);
const flowOf = (...frames: Frame[]) => dissect(frames, CHAINS).flows[0]!;

Deno.test("quic: starting values, and datagrams that are none", () => {
  for (
    const payload of [
      new Uint8Array(),
      short(1),
      long(2, 8, 8),
      long(1, 21, 8),
      long(1, 8, 21),
      long(1, 8, 8, 0x83),
      long(1, 8, 8, 0x43),
      long(1, 8, 8).slice(0, 22),
      // Negotiation that offers nothing that is known
      long(0, 8, 8).with(23, 9),
      join(long(0, 8, 8).slice(0, -4), [0, 0, 0, 0]),
    ]
  ) assertEquals<unknown>(flowOf(datagram(payload)), startingOf("quic_"), `${payload}`);
});

Deno.test("quic: version and lengths of the connection IDs each way", () => {
  const flow = flowOf(
    datagram(long(1, 8, 0)),
    datagram(long(1, 0, 20), true),
    datagram(long(1, 20, 0)),
  );
  assertEquals<unknown>(flow, {
    ...startingOf("quic_"),
    quic_version: 1,
    quic_dcid_len_fwd: 8,
    quic_scid_len_fwd: 0,
    quic_dcid_len_rev: 0,
    quic_scid_len_rev: 20,
  });
});

Deno.test("quic: versions that are known, the last one counts", () => {
  for (const version of [1, 0x6b3343cf, 0xff00001b, 0xff000022, 0x1a2a3a4a]) {
    assertEquals(flowOf(datagram(long(version, 8, 8))).quic_version, version);
  }
  assertEquals(
    flowOf(datagram(long(1, 8, 8)), datagram(long(0x6b3343cf, 8, 8))).quic_version,
    0x6b3343cf,
  );
});

Deno.test("quic: negotiation of versions", () => {
  const answer = datagram(long(0, 5, 6, 0x80), true);
  const { quic_negotiation, quic_version, quic_dcid_len_rev } = flowOf(answer, answer);
  assertEquals([quic_negotiation, quic_version, quic_dcid_len_rev], [true, null, null]);
});

Deno.test("quic: transitions of the spin bit each way, behind a long header alone", () => {
  const spins = [0, 0, 1, 1, 0, 1].map((spin) => datagram(short(spin)));
  const back = [1, 1, 0].map((spin) => datagram(short(spin), true));
  const flow = flowOf(datagram(long(1, 8, 8)), ...spins, ...back);
  assertEquals([flow.quic_spin_fwd, flow.quic_spin_rev], [3, 1]);
  assertEquals(flowOf(...spins).quic_spin_fwd, 0);
});

Deno.test("quic: a version that is reserved forces negotiation, and both are told", () => {
  const flow = flowOf(
    datagram(long(0x1a2a3a4a, 8, 4)),
    datagram(long(0, 4, 8, 0x80), true),
    datagram(long(1, 9, 4)),
  );
  assertEquals<unknown>(flow, {
    ...startingOf("quic_"),
    quic_version: 1,
    quic_negotiation: true,
    quic_dcid_len_fwd: 8,
    quic_scid_len_fwd: 4,
    quic_dcid_len_rev: 4,
    quic_scid_len_rev: 8,
  });
});
