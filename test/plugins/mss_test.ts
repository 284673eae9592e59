import { assertEquals } from "@std/assert";
import mss from "../../plugins/spiders/mss.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const conclude = (different: Partial<ObservedFlow>, options = {}) =>
  mss.conclude([flow({ mss_value_fwd: 1460, mss_len_rev: 4, ...different })], helpers, options);

Deno.test("a maximum segment size is compared with this host's own", () => {
  const said = (value: number) => conclude({ mss_value_rev: value }).at(-1);
  assertEquals(said(1460), "mss.option.received.unchanged");
  assertEquals(said(1400), "mss.option.received.deflated");
  assertEquals(said(8960), "mss.option.received.inflated");
});

Deno.test("an option that cannot be read is not absent, and has no value", () => {
  assertEquals(conclude({ mss_len_rev: 3, mss_value_rev: null }), [
    "mss.connectivity.online",
    "mss.option.local.value:1460",
  ]);
  assertEquals(
    conclude({ mss_len_rev: null, mss_value_rev: null }).at(-1),
    "mss.option.received.absent",
  );
});

Deno.test("a size that this host did not announce gives no verdict", () => {
  assertEquals(conclude({ mss_value_rev: 1460 }, { mss: 1000 }), ["pathspider.not_observed"]);
});

Deno.test("an answer that came to nothing is not offline", () => {
  const late = { spdr_state: 2, spdr_outcome: "timeout", tcp_connected: false } as const;
  assertEquals(conclude(late), ["pathspider.not_observed"]);
  assertEquals(conclude({ ...late, tcp_synflags_rev: null }), ["mss.connectivity.offline"]);
});
