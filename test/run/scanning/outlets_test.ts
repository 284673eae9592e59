import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { linkFacts } from "../../../src/host/neighbour.ts";
import { checkedLink } from "../../../src/run/scanning/outlets.ts";
import type { ArmTemplates } from "../../../src/scan/probe_template.ts";
import { templatesOf } from "../../../src/scan/templates.ts";
import { bundled } from "../../scan/fixture.ts";

Deno.test("a probe that is longer than the interface's packets is refused, whichever arm's it is", async () => {
  const { mtu } = linkFacts("lo");
  const templates = await templatesOf(await bundled("ecn"));
  assertEquals(checkedLink(templates, { name: "lo" }).mtu, mtu);
  const [first, second] = templates[6]!;
  const longer = (octets: number): ArmTemplates => ({
    4: templates[4],
    6: [first!, { ...second!, octets: new Uint8Array(octets) }],
  });
  assertEquals(checkedLink(longer(mtu), { name: "lo" }).mtu, mtu);
  assertThrows(
    () => checkedLink(longer(mtu + 1), { name: "lo" }),
    Failure,
    `a probe of ${mtu + 1} octets is too long for lo, which takes ${mtu}: scan with shorter ` +
      "payloads, or raise the interface's MTU",
  );
});
