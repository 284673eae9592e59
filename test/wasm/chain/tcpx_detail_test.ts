import { assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import { back, dissect, there } from "../../data/dissect.ts";
import {
  ACK,
  CWR,
  ECE,
  ethernet,
  FIN,
  type Frame,
  ip6,
  RST,
  SYN,
  tcp,
  timestamps,
} from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const ECN = SYN | ECE | CWR;

/** The fields of a name, forward and in reverse. */
function both(name: string, ...frames: Frame[]) {
  const flow = one(...frames);
  return [`tcpx_${name}_fwd`, `tcpx_${name}_rev`].map((key) => flow[key as keyof FlowRecord]);
}

function one(...frames: Frame[]): FlowRecord {
  const { flows } = dissect(frames, { chains: ["tcpx"] });
  assertEquals(flows.length, 1);
  return flows[0]!;
}

const syn = (time: number, options: readonly number[] = [], flags = SYN) =>
  there(time, { flags, options });
const answer = (time: number, options: readonly number[] = []) =>
  back(time, { flags: SYN | ACK, options });

Deno.test("tcpx: starting values, except the first segment's TTL", () => {
  assertEquals<unknown>(one(there(0)), { ...startingOf("tcpx_"), tcpx_ttl_fwd: 64 });
});

Deno.test("tcpx: TTL of the first segment each way, also of a RST", () => {
  const frames = [there(0, {}, { ttl: 255 }), there(1, {}, { ttl: 3 })];
  assertEquals(both("ttl", ...frames), [255, null]);
  assertEquals(both("ttl", ...frames, back(2, { flags: 4 }, { ttl: 0 })), [255, 0]);
  const six = { time: 0, data: ethernet(ip6(tcp(), { hopLimit: 17 })) };
  assertEquals(both("ttl", six), [17, null]);
});

Deno.test("tcpx: window of the first SYN each way, as it stands there", () => {
  const window = (time: number, value: number, flags: number, from = there) =>
    from(time, { flags, window: value, options: [3, 3, 7] });
  const frames = [window(0, 9, ACK), window(1, 65_535, SYN), window(2, 5, SYN)];
  assertEquals(both("window", frames[0]!), [null, null]);
  assertEquals(both("window", ...frames), [65_535, null]);
  assertEquals(both("window", ...frames, window(3, 0, SYN | ACK, back)), [65_535, 0]);
});

Deno.test("tcpx: option kinds of the first SYN each way, in their order", () => {
  const linux = [2, 4, 5, 180, 4, 2, ...timestamps(1, 0).slice(2), 1, 3, 3, 7];
  assertEquals(both("options", syn(0, linux), syn(1), answer(2, [2, 4, 5, 180])), [
    [2, 4, 8, 1, 3],
    [2],
  ]);
  assertEquals(both("options", syn(0), answer(1, [1, 1, 4, 2])), [[], [1, 1, 4]]);
  assertEquals(both("options", syn(0, [4, 2, 0, 0])), [[4, 0], null]);
  assertEquals(both("options", syn(0, [34, 2, 254, 4, 0xf9, 0x89, 14, 2, 13, 2])), [
    [34, 254, 14, 13, 0],
    null,
  ], "the padding ends the list");
});

Deno.test("tcpx: as many option kinds as there is room for", () => {
  assertEquals(both("options", syn(0, Array(40).fill(1)))[0], Array(16).fill(1));
  const large = Array.from({ length: 20 }, (_, i) => i % 2 ? 2 : 255);
  assertEquals(both("options", syn(0, large))[0], Array(5).fill(255));
  assertEquals(both("options", syn(0, [...large.slice(0, 10), 1, 1, 1]))[0], [
    ...Array(5).fill(255),
    1,
  ]);
});

Deno.test("tcpx: option kinds that were cut are unknown", () => {
  const { data } = syn(0, [1, 1, 4, 2]);
  const cut = (captured: number) =>
    both("options", { time: 0, data: data.subarray(0, captured), wire: data.length })[0];
  for (let captured = 54; captured < 58; captured++) assertEquals(cut(captured), null);
  assertEquals(cut(58), [1, 1, 4]);
});

Deno.test("tcpx: MSS and window scale each way", () => {
  const frames = [syn(0, [2, 4, 5, 180, 3, 3, 7]), answer(1, [2, 4, 2, 24, 1, 3, 3, 0])] as const;
  assertEquals(both("mss", ...frames), [1460, 536]);
  assertEquals(both("wscale", ...frames), [7, 0]);
  assertEquals(both("wscale", syn(0, [3, 2, 1, 1]), answer(1, [3, 4, 9, 9])), [null, null]);
});

Deno.test("tcpx: payload each way, on SYNs and sent again too; padding is none", () => {
  const payload = new Uint8Array(100);
  const frames = [there(0, { flags: SYN, payload }), there(1, { payload }), there(1, { payload })];
  assertEquals(both("payload", ...frames, back(2, { payload: new Uint8Array(7) })), [300, 7]);
  const padded = there(0);
  assertEquals(both("payload", { ...padded, data: new Uint8Array([...padded.data, 1, 2, 3]) }), [
    0,
    0,
  ]);
  const { data } = there(0, { payload });
  assertEquals(both("payload", { time: 0, data: data.subarray(0, 60), wire: data.length }), [
    100,
    0,
  ]);
});

Deno.test("tcpx: payload beyond 32 bits", () => {
  const { data } = there(1, {}, { total: 65_535 });
  const frame = { time: 1, data, wire: 65_535 + 14 };
  const { flows } = dissect(Array(70_000).fill(frame), { chains: ["tcpx"] });
  assertEquals(flows.map((flow) => flow.tcpx_payload_fwd), [70_000 * 65_495]);
});

const rtt = (...frames: Frame[]) => one(...frames).tcpx_rtt_us;

Deno.test("tcpx: the round trip of a handshake with one SYN", () => {
  assertEquals(rtt(syn(100)), null);
  assertEquals(rtt(syn(100), answer(100.000001)), 1);
  assertEquals(rtt(syn(100), answer(102.5), answer(103)), 2_500_000);
  assertEquals(rtt(there(99), syn(100), answer(100.25)), 250_000);
  assertEquals(rtt(syn(100), answer(100)), 0);
  assertEquals(rtt(syn(100), back(101, { flags: 4 | ACK })), null);
  assertEquals(rtt(there(0), answer(1)), null, "the SYN was not seen");
  assertEquals(rtt(syn(100), answer(99)), null, "a clock that was set back");
  // By 21 years, which microseconds of 32 bits wrap around to less than 71 minutes
  assertEquals(rtt(syn(1_429_518_024.5), answer(761_195_582.5)), null);
});

Deno.test("tcpx: after a retransmission only a timestamp tells which SYN was answered", () => {
  const frames = [syn(100, timestamps(1000, 0)), syn(101, timestamps(2000, 0))] as const;
  assertEquals(rtt(syn(100), syn(101), answer(101.5)), null, "Karn");
  assertEquals(rtt(...frames, answer(101.5, timestamps(9, 2000))), 500_000);
  assertEquals(rtt(...frames, answer(101.5, timestamps(9, 1000))), 1_500_000);
  assertEquals(rtt(...frames, answer(101.5)), null, "an answer without the option");
  assertEquals(rtt(...frames, answer(101.5, timestamps(9, 0))), null);
  assertEquals(rtt(...frames, answer(101.5, timestamps(9, 7))), null, "an echo of neither");
  const three = [...frames, syn(103, timestamps(4000, 0))] as const;
  assertEquals(rtt(...three, answer(103.5, timestamps(9, 2000))), null, "the one between");
  assertEquals(rtt(there(99), ...frames, answer(101.5, timestamps(9, 1000))), null);
});

Deno.test("tcpx: SYNs with the same timestamp cannot be distinguished", () => {
  const same = timestamps(1000, 0);
  assertEquals(rtt(syn(100, same), syn(101, same), answer(101.5, timestamps(9, 1000))), null);
  const later = [
    syn(100, same),
    syn(101, timestamps(2000, 0)),
    syn(103, timestamps(2000, 0)),
  ] as const;
  assertEquals(rtt(...later, answer(103.5, timestamps(9, 2000))), null);
  assertEquals(rtt(...later, answer(103.5, timestamps(9, 1000))), 3_500_000);
  assertEquals(
    rtt(...later, syn(107, timestamps(8000, 0)), answer(107.5, timestamps(9, 8000))),
    500_000,
  );
});

Deno.test("tcpx: the round trip of the SYN that the fallback sent", () => {
  const frames = [syn(100, timestamps(1000, 0), ECN), syn(101, timestamps(2000, 0))] as const;
  const flow = one(...frames, answer(101.25, timestamps(9, 2000)));
  assertEquals([flow.tcpx_rtt_us, flow.tcpx_synflags_answered], [250_000, SYN]);
});

Deno.test("tcpx: the SYN is acknowledged by its number and one, or with what it carried", () => {
  const acked = (sequence: number, payload: number, acknowledgment: number) =>
    one(
      there(0, { flags: SYN, sequence, payload: new Uint8Array(payload) }),
      back(1, { flags: SYN | ACK, acknowledgment }),
    ).tcpx_syn_acked;
  assertEquals([999, 1000, 1001, 1002].map((number) => acked(1000, 0, number)), [
    false,
    false,
    true,
    false,
  ]);
  assertEquals([1000, 1001, 1006, 1011, 1012].map((number) => acked(1000, 10, number)), [
    false,
    true,
    true,
    true,
    false,
  ]);
  assertEquals(acked(0xffff_ffff, 0, 0), true);
  // Without a SYN before it there is nothing to acknowledge
  assertEquals(
    one(there(0), back(1, { flags: SYN | ACK, acknowledgment: 1 })).tcpx_syn_acked,
    false,
  );
});

Deno.test("tcpx: of several SYN-ACKs one that acknowledges is enough", () => {
  const frames = [
    syn(0),
    back(1, { flags: SYN | ACK, acknowledgment: 5 }),
    back(2, { flags: SYN | ACK, acknowledgment: 1001 }),
  ];
  assertEquals(one(...frames.slice(0, 2)).tcpx_syn_acked, false);
  assertEquals(one(...frames).tcpx_syn_acked, true);
});

Deno.test("tcpx: what comes in reverse before what precedes it leaves a gap, once it has left one", () => {
  const data = (time: number, sequence: number, octets: number, flags = ACK) =>
    back(time, { flags, sequence, payload: new Uint8Array(octets) });
  const open = [syn(0), back(1, { flags: SYN | ACK, sequence: 0xffff_ff00 })];
  const gap = (...frames: Frame[]) => one(...open, ...frames).tcpx_gap_rev;
  const first = 0xffff_ff01;
  assertEquals(gap(), false);
  // In order over the wrap, with what is sent again and a bare acknowledgment
  assertEquals(
    gap(data(2, first, 300), data(3, 45, 10), data(4, first, 300), data(5, 55, 0)),
    false,
  );
  assertEquals(gap(data(2, 45, 10)), true);
  assertEquals(gap(data(2, 45, 10), data(3, first, 300)), true);
  assertEquals(gap(data(2, 45, 0, FIN | ACK)), true);
  assertEquals(gap(data(2, first, 0, FIN | ACK), data(3, 9000, 0, RST)), false);
});
