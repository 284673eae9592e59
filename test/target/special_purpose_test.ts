import { assert, assertEquals } from "@std/assert";
import { PrefixSet, readPrefix } from "../../src/target/prefix.ts";
import { SPECIAL_PURPOSE, specialPurposePrefixes } from "../../src/target/special_purpose.ts";

Deno.test("special addresses are known, and those beside them are the Internet's", () => {
  const set = new PrefixSet(specialPurposePrefixes());
  const special = [
    ...["0.0.0.1", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1"],
    ...["169.254.1.1", "172.16.0.0", "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1"],
    ...["192.88.99.1", "192.168.1.1", "198.18.0.0", "198.19.255.255", "198.51.100.1"],
    ...["203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1"],
    ...["64:ff9b::102:304", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:2::1"],
    ...["2001:10::1", "2001:20::1", "2001:db8::1", "2002:102:304::1", "3fff::1", "3fff:fff::1"],
    ...["5f00::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1"],
  ];
  for (const address of special) assert(set.has(address), address);
  const hosts = [
    ...["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
    ...["128.0.0.0", "169.253.1.1", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0"],
    ...["192.31.196.1", "192.52.193.1", "192.88.98.1", "192.167.1.1", "192.175.48.1", "198.17.1.1"],
    ...["198.20.0.0", "203.0.112.1", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888"],
    ...["2003::1", "2620:4f:8000::1", "2600::1", "3ffe::1", "3fff:1000::1", "2001:db7::1"],
  ];
  for (const address of hosts) assert(!set.has(address), address);
});

Deno.test("each special prefix is written as its registry has it, with its name and source", () => {
  for (const { prefix, name, source } of SPECIAL_PURPOSE) {
    assertEquals(typeof readPrefix(prefix), "object", prefix);
    assert(name !== "" && /^RFC \d+(, section [\d.]+)?$/.test(source), prefix);
  }
  assertEquals(new Set(SPECIAL_PURPOSE.map(({ prefix }) => prefix)).size, SPECIAL_PURPOSE.length);
});
