import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, type Frame, SYN, timestamps } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

/** Timestamps, window scale, SACK. */
function granted(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["tcpopt"] });
  assertEquals(flows.length, 1);
  return [flows[0]!.tcpopt_ts, flows[0]!.tcpopt_ws, flows[0]!.tcpopt_sack];
}

const synAck = (options: readonly number[]) => back(1, { flags: SYN | ACK, options });
const syn = there(0, { flags: SYN, options: [4, 2, 3, 3, 7, ...timestamps(1, 0)] });

Deno.test("tcpopt: starting values; the SYN and later segments do not tell", () => {
  const later = back(1, { options: timestamps(1, 1) });
  const { flows } = dissect([syn, later], { chains: ["tcpopt"] });
  assertEquals<unknown>(flows, [startingOf("tcpopt_")]);
});

Deno.test("tcpopt: each option that the SYN-ACK has or has not", () => {
  assertEquals(granted(syn, synAck(timestamps(1, 1))), [true, false, false]);
  assertEquals(granted(syn, synAck([3, 3, 0])), [false, true, false]);
  assertEquals(granted(syn, synAck([1, 1, 4, 2])), [false, false, true]);
  assertEquals(granted(syn, synAck([4, 2, ...timestamps(1, 1), 1, 3, 3, 14])), [true, true, true]);
  assertEquals(granted(syn, synAck([])), [false, false, false]);
});

Deno.test("tcpopt: an option of another length is none", () => {
  assertEquals(granted(syn, synAck([3, 4, 1, 1, 4, 3, 0, 8, 9, ...Array(7).fill(0)])), [
    false,
    false,
    false,
  ]);
});

Deno.test("tcpopt: options that were cut are unknown, those before the cut are not", () => {
  const { data } = synAck([4, 2, 1, 3, 3, 7]);
  const cut = (captured: number) =>
    granted(syn, { time: 1, data: data.subarray(0, captured), wire: data.length });
  assertEquals(cut(54), [null, null, null]);
  assertEquals(cut(56), [null, null, true]);
  assertEquals(cut(59), [null, null, true]);
  assertEquals(cut(60), [null, true, true]);
  assertEquals(cut(62), [false, true, true]);
});

Deno.test("tcpopt: the first SYN-ACK tells", () => {
  assertEquals(granted(syn, synAck([4, 2]), synAck([3, 3, 7])), [false, false, true]);
  assertEquals(granted(syn, synAck([]), synAck([3, 3, 7])), [false, false, false]);
});
