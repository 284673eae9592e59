import { assertEquals } from "@std/assert";
import { output } from "../../bench/process.ts";
import { RunningServer } from "../running_server.ts";

/** Addresses of this host that others can see, as ip-address(8) says it. */
async function globalAddresses(): Promise<string[]> {
  const links: { readonly addr_info: readonly { readonly local?: string }[] }[] = JSON.parse(
    await output(["ip", "-j", "address", "show", "scope", "global"]),
  );
  // It gives an empty one for each of another scope
  return links.flatMap(({ addr_info: all }) => all.flatMap(({ local }) => local ?? []));
}

Deno.test("who was measured is told by whom, and sees the addresses that he has seen, and their names", async () => {
  const about = "Ask noc@example.org.";
  await using running = new RunningServer({ politeness: { about } }, {
    lookUpName: (address) => Promise.resolve(`at-${address.replaceAll(/[.:]/g, "-")}.example.org`),
  });
  // Whoever objects has no key
  running.key();
  const { status, text } = await running.ask("/about");
  const addresses = await globalAddresses();
  const [said, , from = ""] = text.split("\n");
  assertEquals([status, said], [200, about]);
  const told = /^It measures from (.*)\.$/.exec(from)?.[1]?.split(", ") ?? [];
  const named = addresses.map((address) =>
    `${address} (at-${address.replaceAll(/[.:]/g, "-")}.example.org)`
  );
  assertEquals(told.toSorted(), named.toSorted());
});

Deno.test("of interfaces that are not measured on no address is told, and nobody's loopback", async () => {
  await using running = new RunningServer({ measure: { interface: ["lo"] } });
  const { text } = await running.ask("/about");
  assertEquals(text, "This host measures paths through the Internet.\n");
});
