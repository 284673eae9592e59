import { assert, assertEquals } from "@std/assert";
import { localPorts } from "../../../src/host/local_ports.ts";
import { freeSourcePorts } from "../../../src/run/scanning/source_ports.ts";

Deno.test("a scan's ports are none that the kernel gives to connections, if there are others", () => {
  const { ephemeral: [from, to] } = localPorts();
  const { first, last } = freeSourcePorts();
  assertEquals(last - first + 1, 8192);
  assert(first >= 1024 && last <= 65_535);
  if (from - 1024 >= 8192 || 65_535 - to >= 8192) assert(last < from || first > to);
});
