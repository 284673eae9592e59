import { assertEquals, assertThrows } from "@std/assert";
import { addressBytes } from "../../../src/host/address.ts";
import { Failure } from "../../../src/host/failure.ts";
import { NetworkTable } from "../../../src/serve/page/network_table.ts";

Deno.test("an address is of the longest prefix that holds it", () => {
  const table = new NetworkTable(
    '\uFEFFprefix,asn,country,name\r\n# ours\n192.0.2.0/24, 64496, DE ,"A, Inc."\r\n' +
      "192.0.2.128/25,AS64497,,\n2001:db8::/33,64498,FR\n\n",
    "networks.csv",
  );
  assertEquals(table.size, 3);
  const of = (address: string) => table.of(addressBytes(address));
  assertEquals(of("192.0.2.1"), { asn: "AS64496", country: "DE", name: "A, Inc." });
  assertEquals(of("192.0.2.129"), { asn: "AS64497", country: "", name: "" });
  assertEquals(of("2001:db8:1::"), { asn: "AS64498", country: "FR", name: "" });
  assertEquals([of("2001:db8:8000::"), of("198.51.100.1")], [null, null]);
});

Deno.test("a line that is malformed is told with its number", () => {
  for (
    const [line, said] of [
      ["192.0.2.0/33,1,DE,", '"192.0.2.0/33" is not a prefix'],
      ["192.0.2.0,1,DE,", '"192.0.2.0" is not a prefix'],
      ["192.0.2.0/24,x1,DE,", '"x1" is not the number of an autonomous system'],
      ["192.0.2.0/24,1,DEU,", '"DEU" is not the code of a country'],
      ['192.0.2.0/24,1,DE,"', "is no CSV"],
    ] as const
  ) {
    const failure = assertThrows(() => new NetworkTable(`\n${line}\n`, "n.csv"), Failure, said);
    assertEquals(failure.message.startsWith("n.csv, line 2: "), true, failure.message);
  }
});
