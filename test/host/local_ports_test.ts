import { assert, assertEquals } from "@std/assert";
import { localPorts, portsIn } from "../../src/host/local_ports.ts";

Deno.test("a list of reserved ports", () => {
  assertEquals([...portsIn("\n")], []);
  assertEquals([...portsIn("8080,9000-9002\n")], [8080, 9000, 9001, 9002]);
});

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test(`a port that is listened on at ${hostname} is bound`, () => {
    using listener = Deno.listen({ hostname, port: 0 });
    const { ephemeral: [from, to], bound } = localPorts();
    const { port } = listener.addr;
    assert(bound.has(port));
    assert(from <= port && port <= to);
  });
}
