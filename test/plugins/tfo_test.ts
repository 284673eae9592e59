import { assertEquals } from "@std/assert";
import tfo from "../../plugins/spiders/tfo.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const plain = flow();
const asked = (different: Partial<ObservedFlow> = {}) =>
  flow({ tfo_synkind: 34, tfo_ackkind: 34, tfo_ackclen: 8, tfo_ackhash: 7, ...different });
const sent = (different: Partial<ObservedFlow> = {}) =>
  flow({
    tfo_synkind: 34,
    tfo_synclen: 8,
    tfo_synhash: 7,
    tfo_seq: 2 ** 32 - 10,
    tfo_dlen: 80,
    tfo_ack: 71,
    ...different,
  });
const conclude = (...flows: ObservedFlow[]) => tfo.conclude(flows, helpers);
const unknown = ["pathspider.not_observed"];
/** The SYN with the option unanswered, the one without answered. */
const fellBack = { tfo_ackkind: 0, tfo_ackclen: 0, tcpx_syn_fwd: 2, tcpx_rtt_us: 100 };

Deno.test("data in the SYN is acknowledged also where sequence numbers wrap around", () => {
  assertEquals(conclude(plain, asked(), sent()), [
    "tfo.connectivity.works",
    "tfo.cookie.received",
    "tfo.syndata.acked",
  ]);
  assertEquals(
    conclude(plain, asked(), sent({ tfo_ack: 2 ** 32 - 9 })).at(-1),
    "tfo.syndata.not_acked",
  );
});

Deno.test("a fallback after a SYN with the option is not its success", () => {
  assertEquals(conclude(plain, asked(fellBack), sent({ tfo_synclen: 0, ...fellBack })), [
    "tfo.connectivity.broken",
  ]);
  assertEquals(conclude(plain, asked(), sent({ ...fellBack, tfo_ack: 2 ** 32 - 9 })), [
    "tfo.connectivity.broken",
    "tfo.cookie.received",
    "tfo.syndata.failed",
  ]);
});

Deno.test("loss of a plain SYN too, or a slow path, explains a fallback as well", () => {
  for (const different of [{ tcpx_syn_fwd: 3 }, { tcpx_rtt_us: 600_000 }, { tcpx_rtt_us: null }]) {
    assertEquals(conclude(plain, asked({ ...fellBack, ...different }), sent()), unknown);
  }
  assertEquals(conclude(flow({ tcpx_syn_fwd: 2 }), asked(fellBack), sent()), unknown);
});

Deno.test("arms that did not send what they stand for give no verdict", () => {
  assertEquals(conclude(asked(), asked(), sent()), unknown);
  assertEquals(conclude(plain, plain, sent()), unknown);
  assertEquals(conclude(plain, asked({ tfo_synclen: 8 }), sent()), unknown);
  assertEquals(conclude(plain, asked(), plain), unknown);
});

Deno.test("a cookie that the kernel has lost before it was used gives no verdict", () => {
  assertEquals(conclude(plain, asked(), asked()), unknown);
});

Deno.test("data with the cookie of another port of the target says nothing of data", () => {
  const works = ["tfo.connectivity.works", "tfo.cookie.received"];
  assertEquals(conclude(plain, asked(), sent({ tfo_synhash: 8, tfo_ack: 2 ** 32 - 9 })), works);
  assertEquals(
    conclude(plain, asked(), sent({ tfo_synhash: 8, ...fellBack, tfo_ack: 2 ** 32 - 9 })),
    [
      "tfo.connectivity.broken",
      "tfo.cookie.received",
    ],
  );
});

Deno.test("a SYN without data says nothing of data", () => {
  assertEquals(conclude(plain, asked(), sent({ tfo_dlen: 0 })), [
    "tfo.connectivity.works",
    "tfo.cookie.received",
  ]);
});
