import { assertEquals } from "@std/assert";
import { destinationProblem } from "../../src/target/destination.ts";

const ETH0 = { name: "eth0", loopback: false };
const LO = { name: "lo", loopback: true };

Deno.test("what no packets are sent to, by the interface that they would leave by", () => {
  const cases: [string, typeof LO | null, string | null][] = [
    ["192.0.2.1", null, null],
    ["192.0.2.1", ETH0, null],
    ["2001:db8::1", null, null],
    ["127.0.0.1", ETH0, '"127.0.0.1" is this host itself, which eth0 leads away from'],
    ["127.255.0.9", null, '"127.255.0.9" is this host itself, which no path leads to'],
    ["::1", null, '"::1" is this host itself, which no path leads to'],
    ["0:0::1", ETH0, '"0:0::1" is this host itself, which eth0 leads away from'],
    ["127.0.0.1", LO, null],
    ["::1", LO, null],
    ["224.0.0.1", LO, '"224.0.0.1" is not the address of a host'],
    ["::", null, '"::" is not the address of a host'],
    [
      "::ffff:127.0.0.1",
      LO,
      '"::ffff:127.0.0.1" is an IPv4 address in IPv6 form; write it as IPv4',
    ],
    ["fe80::1%eth0", ETH0, '"fe80::1%eth0" has a zone; give a global address'],
    ["fe80::1%eth0", null, '"fe80::1%eth0" has a zone; give a global address'],
    ["fe80::1", ETH0, null],
    [
      "FE80::1",
      null,
      '"FE80::1" is a link-local address, which needs an interface; give a global address',
    ],
    ["a.example", null, '"a.example" is not an IPv4 or IPv6 address'],
  ];
  for (const [address, outlet, problem] of cases) {
    assertEquals(destinationProblem(address, outlet), problem, address);
  }
});
