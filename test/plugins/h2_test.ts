import { assertEquals } from "@std/assert";
import h2 from "../../plugins/spiders/h2.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const conclude = (a: ObservedFlow, b: ObservedFlow) => h2.conclude([a, b], helpers);
const unknown = ["pathspider.not_observed"];

/** A flow as the HTTP connection types tell it. */
const answered = (http_version: string, different: Partial<ObservedFlow> = {}) =>
  ({ ...flow(different), http_version }) as ObservedFlow;
const plain = answered("1.1");
const reset = flow({ spdr_state: 1, spdr_outcome: "reset", spdr_errno: "ECONNRESET" });
const nonsense = flow({ spdr_state: 1, spdr_outcome: "failed", spdr_errno: "EPROTO" });
/** Out of time after 10 s: in the exchange, or before the handshake. */
const timedOut = {
  spdr_state: 2,
  spdr_outcome: "timeout",
  spdr_errno: "ETIMEDOUT",
  spdr_stop: "2023-11-14T22:13:30.000Z",
} as const;
const silent = flow(timedOut);
const dead = {
  ...timedOut,
  pkt_rev: 0,
  tcp_synflags_rev: null,
  tcp_connected: false,
};

Deno.test("an upgrade succeeds, or the answer comes in another version", () => {
  assertEquals(conclude(plain, answered("2")), ["h2.connectivity.works", "h2.upgrade.success"]);
  for (const version of ["1.1", "1.0"]) {
    assertEquals(conclude(plain, answered(version)), [
      "h2.connectivity.works",
      "h2.upgrade.failed",
    ]);
  }
});

Deno.test("one arm that is reset, silent or misunderstood is broken or transient", () => {
  for (const ended of [reset, silent, nonsense]) {
    assertEquals(conclude(plain, ended), ["h2.connectivity.broken"]);
    assertEquals(conclude(ended, answered("2")), [
      "h2.connectivity.transient",
      "h2.upgrade.success",
    ]);
  }
});

Deno.test("both arms that fail after their handshakes speak of the server", () => {
  for (const [a, b] of [[reset, reset], [silent, silent], [nonsense, nonsense], [reset, silent]]) {
    assertEquals(conclude(a!, b!), unknown);
  }
});

Deno.test("a target that takes no handshake is offline", () => {
  assertEquals(conclude(flow(dead), flow(dead)), ["h2.connectivity.offline"]);
  const refused = flow({ ...dead, spdr_state: 1, spdr_outcome: "refused" });
  assertEquals(conclude(refused, refused), ["h2.connectivity.offline"]);
});

Deno.test("one arm whose handshake fails is for further flows to confirm", () => {
  assertEquals(conclude(plain, flow(dead)), ["h2.connectivity.broken"]);
  assertEquals(conclude(flow(dead), answered("2"))[0], "h2.connectivity.transient");
  const { confirm } = h2;
  assertEquals(confirm.slice(0, 2), ["h2.connectivity.broken", "h2.connectivity.transient"]);
  assertEquals(conclude(flow(dead), reset), unknown);
});

Deno.test("a handshake whose answer was seen, and not taken, is not offline", () => {
  const late = flow({ ...dead, tcp_synflags_rev: 0x12 });
  assertEquals(conclude(flow(dead), late), unknown);
  assertEquals(conclude(late, flow(dead)), unknown);
});

Deno.test("a server that needs most of the time for one answer may miss it for another", () => {
  const slow = { spdr_stop: "2023-11-14T22:13:26.000Z" };
  assertEquals(conclude(answered("1.1", slow), silent), unknown);
  assertEquals(conclude(silent, answered("2", slow)), unknown);
  assertEquals(conclude(answered("1.1", slow), reset), ["h2.connectivity.broken"]);
});
