import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, FIN, type Frame, RST, SYN } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["loss"] };
const BEGIN = 2 ** 32 - 250;

/** Data of 100 octets at a place of the stream, which wraps around in its third piece. */
const data = (time: number, from: number, length = 100): Frame =>
  there(time, {
    flags: ACK,
    sequence: (BEGIN + 1 + from) % 2 ** 32,
    payload: new Uint8Array(length),
  });
const syn = (time: number) => there(time, { flags: SYN, sequence: BEGIN });

const counts = (...frames: Frame[]) => {
  const { flows: [flow] } = dissect([syn(0), ...frames], CHAINS);
  return [flow!.loss_resent_fwd, flow!.loss_reordered_fwd];
};

Deno.test("loss: starting values", () => {
  assertEquals<unknown>(dissect([there(0), back(1)], CHAINS).flows, [startingOf("loss_")]);
});

Deno.test("loss: octets in their order are no loss, also where numbers wrap around", () => {
  assertEquals(counts(data(1, 0), data(2, 100), data(3, 200), data(4, 300)), [0, 0]);
});

Deno.test("loss: what came before is sent again, whole, in part or together with more", () => {
  assertEquals(counts(data(1, 0), data(1.001, 0)), [1, 0]);
  assertEquals(counts(data(1, 0), data(2, 50, 20)), [1, 0]);
  assertEquals(counts(data(1, 0), data(2, 50), data(3, 150)), [1, 0]);
  assertEquals(counts(data(1, 0), data(2, 100), data(3, 200), data(4, 200)), [1, 0]);
});

Deno.test("loss: what fills a gap was overtaken within 3 ms, and is sent again later", () => {
  const late = (by: number) => counts(data(1, 0), data(2, 200), data(2 + by, 100), data(3, 300));
  assertEquals([late(0), late(0.002), late(0.003), late(0.004)], [[0, 1], [0, 1], [0, 1], [1, 0]]);
  // Once it is filled, the same octets are sent again
  assertEquals(counts(data(1, 0), data(2, 200), data(2.001, 100), data(2.002, 100)), [1, 1]);
});

Deno.test("loss: several gaps at once, filled in any order and piece by piece", () => {
  const gaps = [data(1, 0), data(1, 200), data(1, 400), data(1, 600)];
  assertEquals(counts(...gaps, data(1, 300), data(1, 100), data(1, 500)), [0, 3]);
  assertEquals(counts(...gaps, data(1, 320, 20), data(1, 300, 20), data(1, 340, 60)), [0, 3]);
  assertEquals(counts(...gaps, data(1, 0, 600)), [0, 1]);
  assertEquals(counts(...gaps, data(1, 0, 600), data(1, 500)), [1, 1]);
});

Deno.test("loss: with more gaps than are known at once, filling the oldest counts as sent again", () => {
  const gaps = Array.from({ length: 6 }, (_, i) => data(1, i * 200));
  assertEquals(counts(...gaps, data(1, 300), data(1, 100)), [1, 1]);
});

Deno.test("loss: keep-alives, probes of a closed window, SYNs and resets are no data that is sent again", () => {
  assertEquals(counts(data(1, 0), data(50, 99, 0), data(90, 99, 1)), [0, 0]);
  assertEquals(counts(syn(1), syn(3), data(4, 0)), [0, 0]);
  const closed = back(2, { flags: ACK, window: 0 });
  assertEquals(counts(data(1, 0), closed, data(3, 100, 1), data(4, 100, 1), data(5, 100)), [0, 0]);
  const open = back(2, { flags: ACK, window: 9 });
  assertEquals(counts(data(1, 0), open, data(3, 100, 1), data(4, 100)), [1, 0]);
  assertEquals(
    counts(data(1, 0), there(2, { flags: RST, sequence: BEGIN + 1, payload: new Uint8Array(9) })),
    [0, 0],
  );
});

Deno.test("loss: a FIN that is sent again counts, and each direction for itself", () => {
  const fin = (time: number) => there(time, { flags: FIN | ACK, sequence: BEGIN + 1 });
  assertEquals(counts(fin(1), fin(2)), [1, 0]);
  const answer = (time: number) => back(time, { sequence: 5, payload: new Uint8Array(9) });
  const { flows: [flow] } = dissect([syn(0), answer(1), answer(2), data(3, 0)], CHAINS);
  assertEquals([flow!.loss_resent_fwd, flow!.loss_resent_rev], [0, 1]);
});

Deno.test("loss: how far the octets have come holds for later parts", () => {
  const { flows } = dissect([data(0, 0), data(1, 0), data(20, 0), data(21, 100)], {
    ...CHAINS,
    active: 15,
  });
  assertEquals(flows.map(({ loss_resent_fwd }) => loss_resent_fwd), [1, 1]);
});
