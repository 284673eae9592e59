import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, SYN, timestamps } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["timestamps"] };
const stamped = (time: number, value: number, echo: number, flags = ACK) =>
  there(time, { flags, options: timestamps(value, echo) });

Deno.test("timestamps: starting values, also when no segment has the option", () => {
  assertEquals<unknown>(dissect([there(0), back(1)], CHAINS).flows, [startingOf("ts_")]);
});

Deno.test("timestamps: first and last of each direction; an echo without ACK is none", () => {
  const { flows: [flow] } = dissect([
    stamped(0, 100, 7, SYN),
    back(1, { flags: SYN | ACK, options: timestamps(9000, 100) }),
    stamped(2, 2100, 9000),
    back(3, { options: timestamps(9500, 2100) }),
    stamped(4, 4100, 9500),
  ], CHAINS);
  assertEquals<unknown>(flow, {
    ts_value_first_fwd: 100,
    ts_value_last_fwd: 4100,
    ts_echo_first_fwd: 9000,
    ts_echo_last_fwd: 9500,
    ts_rate_fwd: 1000,
    ts_value_first_rev: 9000,
    ts_value_last_rev: 9500,
    ts_echo_first_rev: 100,
    ts_echo_last_rev: 2100,
    ts_rate_rev: 250,
  });
});

Deno.test("timestamps: a rate needs a second and ten ticks, and survives a wrap", () => {
  const rate = (seconds: number, ticks: number, from = 5) =>
    dissect([stamped(0, from, 0), stamped(seconds, (from + ticks) % 2 ** 32, 0)], CHAINS)
      .flows[0]!.ts_rate_fwd;
  assertEquals([rate(1, 1000), rate(10, 10), rate(2, 2_000_000)], [1000, 1, 1_000_000]);
  assertEquals([rate(0.9, 900), rate(20, 9), rate(5, 0)], [null, null, null]);
  assertEquals(rate(4, 400, 2 ** 32 - 100), 100);
  // A clock that runs backwards is another one
  assertEquals(rate(4, 2 ** 32 - 400), null);
});

Deno.test("timestamps: among other options, behind odd padding, and cut by the capture", () => {
  const option = timestamps(77, 88).slice(2);
  const value = (options: number[]) =>
    dissect([there(0, { options })], CHAINS).flows[0]!.ts_value_first_fwd;
  assertEquals(value([3, 3, 7, ...option, 1]), 77);
  assertEquals(value([...option, 1, 1]), 77);
  assertEquals(value([8, 9, 1, 2, 3, 4, 5, 6, 7, 1, 1, 1]), null);
  assertEquals(value([0, 1, ...option]), null);
  const whole = there(0, { options: timestamps(77, 88) });
  const cut = { ...whole, data: whole.data.slice(0, -1), wire: whole.data.length };
  assertEquals(dissect([cut], CHAINS).flows[0]!.ts_value_first_fwd, null);
});

Deno.test("timestamps: each part of a long flow has its own", () => {
  const { flows } = dissect([0, 10, 20, 30].map((time) => stamped(time, time * 1000, 0)), {
    ...CHAINS,
    active: 15,
  });
  assertEquals(flows.map((flow) => [flow.ts_value_first_fwd, flow.ts_value_last_fwd]), [
    [0, 10_000],
    [20_000, 30_000],
  ]);
});
