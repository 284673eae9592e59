import { assertEquals } from "@std/assert";
import { clientAddress } from "../../../src/serve/http/client_address.ts";
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
