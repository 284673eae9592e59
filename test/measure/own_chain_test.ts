import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

rootTest("a spider with a chain of its own concludes from the chain's fields", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const up = lab.addresses("transparent", 4, 20);
  const silent = lab.addresses("drop", 4, 2);
  const script = fileURLToPath(new URL("own_chain_main.ts", import.meta.url));
  const [program, ...args] = lab.exec(
    [Deno.execPath(), "run", "--no-check", "-A", script, lab.interface, ...up, ...silent],
  );
  const found = new Map(results(run(program, args)).map((result) => [result.dip, result]));
  for (const target of up) {
    const result = found.get(target);
    const flow = result?.flow_results?.[0] as { own_ttl_rev?: number; own_acks?: number };
    assertEquals(result?.conditions, [`ttl.remote.value:${flow.own_ttl_rev}`]);
    assert(flow.own_ttl_rev! > 0 && flow.own_acks! >= 3, JSON.stringify(flow));
  }
  for (const target of silent) {
    assertEquals(found.get(target)?.conditions, ["ttl.remote.none"]);
  }
});
