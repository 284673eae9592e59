import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { encodeEndpoint, interfaceIndex, isScopedAddress } from "../../src/host/scoped_address.ts";

Deno.test("a link-local address may have a zone, no other address has one", () => {
  for (const text of ["192.0.2.1", "2001:db8::1", "fe80::1", "fe80::1%eth0", "FEBF::1%2"]) {
    assert(isScopedAddress(text), text);
  }
  for (
    const text of [
      "2001:db8::1%eth0",
      "192.0.2.1%eth0",
      "fe80::1%",
      "fe80::1%a b",
      "fe80::1%a%b",
      "fec0::1%eth0",
      "fe80::1::%eth0",
      `fe80::1%${"e".repeat(16)}`,
    ]
  ) assert(!isScopedAddress(text), text);
});

Deno.test("the zone becomes the interface's number, by its name or by itself", () => {
  const index = Number(Deno.readTextFileSync("/sys/class/net/lo/ifindex"));
  assertEquals([interfaceIndex("lo"), interfaceIndex(String(index))], [index, index]);
  assertEquals([interfaceIndex("none0"), interfaceIndex("999999999")], [0, 0]);
  const sockaddr = encodeEndpoint({ address: "fe80::1%lo", port: 53 });
  assertEquals([...sockaddr.subarray(8)], [
    ...[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ...[index, 0, 0, 0],
  ]);
  assertEquals([...encodeEndpoint({ address: "fe80::1", port: 53 }).subarray(24)], [0, 0, 0, 0]);
});

Deno.test("a zone that is no interface is named", () => {
  assertThrows(
    () => encodeEndpoint({ address: "fe80::1%none0", port: 53 }),
    Failure,
    "there is no interface none0, which fe80::1%none0 names",
  );
});
