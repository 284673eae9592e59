import { assertEquals } from "@std/assert";
import { endpointIn, isEndpoint } from "../../src/cli/endpoint.ts";

Deno.test("an endpoint is an address with its port, or another one's", () => {
  const cases: [string, string, number][] = [
    ["192.0.2.1", "192.0.2.1", 4739],
    ["192.0.2.1:53", "192.0.2.1", 53],
    ["2001:db8::1", "2001:db8::1", 4739],
    ["[2001:db8::1]", "2001:db8::1", 4739],
    ["[2001:db8::1]:53", "2001:db8::1", 53],
    ["[fe80::1%eth0]:53", "fe80::1%eth0", 53],
  ];
  for (const [text, address, port] of cases) {
    assertEquals([isEndpoint(text), endpointIn(text, 4739)], [true, { address, port }], text);
  }
});
