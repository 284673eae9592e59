import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/host/usage_error.ts";
import { readValue, valueName } from "../../src/cli/value.ts";
import type { Option } from "../../src/contract/option.ts";

const server: Option = { type: "endpoint", summary: "whom to ask" };

Deno.test("an endpoint is an address, with a port or without, and stays text", () => {
  for (
    const text of [
      "192.0.2.1",
      "192.0.2.1:53",
      "2001:db8::1",
      "[2001:db8::1]:53",
      "127.0.0.53",
      "fe80::1%eth0",
      "[FE80::1%br-1.20]:53",
    ]
  ) {
    assertEquals(readValue("server", server, text), text);
  }
  assertEquals(valueName(server), "ADDRESS");
  assertEquals(valueName({ ...server, value: "ADDRESS[:PORT]" }), "ADDRESS[:PORT]");
});

Deno.test("anything else is a wrong command line", () => {
  for (
    const text of [
      "",
      "dns.example",
      "192.0.2.1:0",
      "192.0.2.1:dns",
      "[2001:db8::1",
      "192.0.02.1",
      "192.0.2",
      "1",
      "2001:db8::1%eth0",
      "192.0.2.1%eth0",
      "fe80::1%",
      "fe80::1%eth0:53",
      "fe80::1%a name",
      "fe80::1%longer_than_fits",
      "[fe80::1%eth0]]:53",
      "[192.0.2.1]:53",
      "1:2",
    ]
  ) {
    const said = "an address, with a port or without";
    assertThrows(() => readValue("server", server, text), UsageError, said);
  }
});
