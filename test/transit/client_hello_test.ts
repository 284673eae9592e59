import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readClientHello } from "../../src/transit/client_hello.ts";
import { clientHello } from "./hello.ts";

Deno.test("a ClientHello gives its server's name, as far as the segment has it", () => {
  const hello = clientHello("Www.Example.org");
  assertEquals(readClientHello(hello), {
    serverName: "www.example.org",
    protocols: [],
    isWhole: true,
  });
  assertEquals(readClientHello(hello.subarray(0, hello.length - 1)), {
    serverName: null,
    protocols: [],
    isWhole: false,
  });
  assertEquals(readClientHello(hello.subarray(0, 8)), null);
  const other = hello.slice();
  other[5] = 2;
  assertEquals(readClientHello(other), null);
});

Deno.test("a ClientHello gives the protocols that it offers, as far as the segment has them", () => {
  const hello = clientHello("a.example", ["h2", "http/1.1"]);
  assertEquals(readClientHello(hello)?.protocols, ["h2", "http/1.1"]);
  assertEquals(readClientHello(hello.subarray(0, hello.length - 1)), {
    serverName: "a.example",
    protocols: ["h2"],
    isWhole: false,
  });
});

Deno.test("whatever octets come, none beyond the segment are read", () => {
  const hello = clientHello("a.example", ["h2"]);
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.nat(255), fc.nat(hello.length), (at, value, end) => {
      const mangled = hello.slice();
      mangled[at] = value;
      const read = readClientHello(mangled.subarray(0, end));
      if (read?.serverName) assertEquals(read.serverName.length < hello.length, true);
    }),
    { numRuns: 2000 },
  );
});
