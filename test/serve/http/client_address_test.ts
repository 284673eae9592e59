import { assertEquals } from "@std/assert";
import { clientAddress, networkOf } from "../../../src/serve/http/client_address.ts";
import { PrefixSet, readPrefix } from "../../../src/target/prefix.ts";

const proxies = new PrefixSet(["10.0.0.0/8", "::1"].map((text) => {
  const prefix = readPrefix(text);
  if (typeof prefix === "string") throw new Error(prefix);
  return prefix;
}));
const none = new PrefixSet([]);

Deno.test("who is forwarded is believed from proxies that are known, and from nobody else", () => {
  const cases: [string, string | null, PrefixSet, string][] = [
    ["192.0.2.1", null, proxies, "192.0.2.1"],
    ["::ffff:192.0.2.1", null, proxies, "192.0.2.1"],
    ["192.0.2.1", "198.51.100.7", proxies, "192.0.2.1"],
    ["10.0.0.1", "198.51.100.7", none, "10.0.0.1"],
    ["10.0.0.1", "198.51.100.7", proxies, "198.51.100.7"],
    ["::1", "2001:db8::7", proxies, "2001:db8::7"],
    // What stands before the last that is no proxy is anybody's word
    ["10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.3.4", proxies, "198.51.100.7"],
    ["10.0.0.1", "nonsense, 10.2.3.4", proxies, "10.2.3.4"],
    ["10.0.0.1", "", proxies, "10.0.0.1"],
  ];
  for (const [peer, forwarded, known, client] of cases) {
    assertEquals(clientAddress(peer, forwarded, known), client, `${peer} ${forwarded}`);
  }
});

Deno.test("a host that takes one address of its network after the other is one", () => {
  for (
    const [address, network] of [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::ffff:c000:201", "192.0.2.1"],
      ["2001:db8:1:2::7", "2001:db8:1:2::/64"],
      ["2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
      ["2001:db8:1:3::7", "2001:db8:1:3::/64"],
      ["::1", "::/64"],
      ["nonsense", "nonsense"],
    ] as const
  ) {
    assertEquals(networkOf(address), network);
    assertEquals(networkOf(address), network, "again");
  }
});
