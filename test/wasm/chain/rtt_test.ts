import { assert, assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, type Frame, SYN } from "../../data/packets.ts";
import { random } from "../../data/random.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["rtt"] };
const sent = (time: number, sequence: number, length = 10): Frame =>
  there(time, { flags: ACK, sequence, payload: new Uint8Array(length) });
const acknowledged = (time: number, acknowledgment: number): Frame =>
  back(time, { flags: ACK, acknowledgment });

const trips = (...frames: Frame[]) => {
  const { flows: [flow] } = dissect(frames, CHAINS);
  return [flow!.rtt_samples_fwd, flow!.rtt_min_us_fwd];
};

Deno.test("rtt: starting values", () => {
  assertEquals<unknown>(dissect([there(0), back(1)], CHAINS).flows, [startingOf("rtt_")]);
});

Deno.test("rtt: the handshake and data, each way from where the packets are seen", () => {
  const { flows: [flow] } = dissect([
    there(0, { flags: SYN, sequence: 9 }),
    back(0.03, { flags: SYN | ACK, sequence: 5, acknowledgment: 10 }),
    there(0.035, { flags: ACK, sequence: 10, acknowledgment: 6, payload: new Uint8Array(4) }),
    back(0.055, { flags: ACK, sequence: 6, acknowledgment: 14 }),
  ], CHAINS);
  assertEquals([flow!.rtt_samples_fwd, flow!.rtt_min_us_fwd], [2, 20_000]);
  assertEquals([flow!.rtt_samples_rev, flow!.rtt_min_us_rev], [1, 5000]);
});

Deno.test("rtt: one segment at a time, and only what acknowledges all of it", () => {
  assertEquals(trips(sent(0, 10), sent(0.01, 20), acknowledged(0.03, 30)), [1, 30_000]);
  assertEquals(trips(sent(0, 10), acknowledged(0.02, 15), acknowledged(0.05, 20)), [1, 50_000]);
  assertEquals(trips(sent(0, 10), acknowledged(0.02, 20), acknowledged(0.05, 20)), [1, 20_000]);
});

Deno.test("rtt: nothing is taken of what was sent again (Karn)", () => {
  assertEquals(trips(sent(0, 10), sent(1, 10), acknowledged(1.02, 20)), [0, null]);
  assertEquals(
    trips(sent(0, 10), sent(1, 10), acknowledged(2, 20), sent(3, 20), acknowledged(3.5, 30)),
    [1, 500_000],
  );
});

Deno.test("rtt: numbers wrap around", () => {
  assertEquals(trips(sent(0, 2 ** 32 - 5), acknowledged(0.01, 5)), [1, 10_000]);
});

Deno.test("rtt: the median is at most 10 % off, whatever the samples", () => {
  const next = random(3);
  for (
    const [least, most, count] of [[16, 40, 9], [100, 90_000, 301], [1e6, 3e7, 40], [2e4, 2e4, 700]]
  ) {
    const samples = Array.from({ length: count! }, () => least! + next(most! - least! + 1));
    let time = 0;
    let sequence = 1;
    const frames = samples.flatMap((sample) => {
      const pair = [sent(time, sequence), acknowledged(time + sample / 1e6, sequence + 10)];
      time += sample / 1e6 + 1 / 1024;
      sequence += 10;
      return pair;
    });
    const { flows: [flow] } = dissect(frames, { ...CHAINS, idle: 100 });
    const sorted = samples.toSorted((a, b) => a - b);
    const exact = sorted[Math.ceil(count! / 2) - 1]!;
    const found = flow!.rtt_median_us_fwd!;
    // Times of frames are rounded to a microsecond
    assert(Math.abs(found - exact) <= exact * 0.1 + 2, `${found} for ${exact}`);
    assertEquals(flow!.rtt_samples_fwd, count);
  }
});

Deno.test("rtt: samples that are out of range are in the outermost buckets", () => {
  const median = (seconds: number) =>
    dissect([sent(0, 10), acknowledged(seconds, 20)], { ...CHAINS, idle: 9000 }).flows[0]!
      .rtt_median_us_fwd!;
  assertEquals(median(0), 17);
  assert(median(5000) > 28_000_000);
});

Deno.test("rtt: samples begin anew in each part, and what is on its way is still timed", () => {
  const { flows } = dissect([
    sent(0, 10),
    acknowledged(1, 20),
    sent(14, 20),
    acknowledged(16, 30),
  ], { ...CHAINS, active: 15 });
  assertEquals(flows.map((flow) => [flow.rtt_samples_fwd, flow.rtt_min_us_fwd]), [
    [1, 1_000_000],
    [1, 2_000_000],
  ]);
});
