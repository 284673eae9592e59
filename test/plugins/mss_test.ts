import { assertEquals } from "@std/assert";
import mss from "../../plugins/spiders/mss.ts";
import { Lab } from "../../src/lab/lab.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { atOnce } from "../at_once.ts";
import { flow } from "../data/flow.ts";
import { ETHERNET, MSS_TRUTH, online } from "../lab/mss_truth.ts";
import { rootTest } from "../lab/root.ts";
import { assertVerdicts } from "../lab/verdicts.ts";

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

for (const family of [4, 6] as const) {
  const runs = [
    ...["tcp", "http", "https"].map((connect) => ({
      args: ["mss", "--connect", connect, "--timeout", "2"],
      truth: MSS_TRUTH[family],
    })),
    {
      args: ["mss", "--mss", "1000"],
      truth: { "transparent": online(1000, ETHERNET[family], "inflated") },
    },
  ];
  rootTest(
    `every verdict on MSS over IPv${family} is the truth`,
    () =>
      atOnce(runs.length, runs, async (run) => {
        using lab = Lab.open();
        await assertVerdicts(lab, { ...run, families: [family] });
      }),
  );
}
