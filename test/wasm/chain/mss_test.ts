import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, be16, type Frame, SYN } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

/** Lengths, then values, each forward and in reverse. */
function mss(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["mss"] });
  assertEquals(flows.length, 1);
  const flow = flows[0]!;
  return [flow.mss_len_fwd, flow.mss_len_rev, flow.mss_value_fwd, flow.mss_value_rev];
}

const option = (value: number) => [2, 4, ...be16(value)];
const syn = (time: number, options: number[]) => there(time, { flags: SYN, options });
const synAck = (time: number, options: number[]) => back(time, { flags: SYN | ACK, options });

Deno.test("mss: starting values, also after a SYN without the option and one that is no SYN", () => {
  const { flows } = dissect([syn(0, [1, 3, 3, 7]), there(1, { options: option(536) })], {
    chains: ["mss"],
  });
  assertEquals<unknown>(flows, [startingOf("mss_")]);
});

Deno.test("mss: the value of each direction, from 0 to 65,535", () => {
  for (const value of [0, 1, 255, 256, 536, 1460, 65_535]) {
    assertEquals(mss(syn(0, option(value))), [4, null, value, null]);
    assertEquals(mss(there(0), synAck(1, option(value))), [null, 4, null, value]);
  }
  assertEquals(mss(syn(0, option(1460)), synAck(1, option(1380))), [4, 4, 1460, 1380]);
});

Deno.test("mss: a length that is not 4 is kept, and there is no value", () => {
  assertEquals(mss(syn(0, [2, 2])), [2, null, null, null]);
  assertEquals(mss(syn(0, [2, 3, 5])), [3, null, null, null]);
  assertEquals(mss(syn(0, [2, 6, 0, 0, 5, 0])), [6, null, null, null]);
  assertEquals(mss(syn(0, [2, 40, ...Array(38).fill(1)])), [40, null, null, null]);
});

Deno.test("mss: an option that runs past the header, or stands behind the end, is none", () => {
  assertEquals(mss(syn(0, [1, 1, 2, 4])), [null, null, null, null]);
  assertEquals(mss(syn(0, [2, 0, ...option(9)])), [null, null, null, null]);
  assertEquals(mss(syn(0, [0, ...option(9)])), [null, null, null, null]);
});

Deno.test("mss: an option that the capture cut is unknown", () => {
  const { data } = syn(0, option(1460));
  for (let captured = 54; captured < 58; captured++) {
    const cut = { time: 0, data: data.subarray(0, captured), wire: data.length };
    assertEquals(mss(cut), [null, null, null, null]);
  }
});

Deno.test("mss: the first option tells, of a SYN and of a flow", () => {
  assertEquals(mss(syn(0, [...option(1), ...option(2)]), syn(1, option(3))), [4, null, 1, null]);
  assertEquals(mss(syn(0, []), syn(1, option(3))), [4, null, 3, null]);
});
