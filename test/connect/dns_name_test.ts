import { assertEquals } from "@std/assert";
import { dnsName } from "../../src/connect/types/dns_name.ts";

const label = (length: number) => "a".repeat(length);

Deno.test("names that fit are written as DNS has them", () => {
  const fits: Record<string, string> = {
    "example.org": "example.org",
    "Example.ORG.": "example.org",
    ".": ".",
    "_dmarc.example.org": "_dmarc.example.org",
    "münchen.example": "xn--mnchen-3ya.example",
    "例え.テスト": "xn--r8jz45g.xn--zckzah",
    // Numbers stay what they are: no part of an address
    "1.2": "1.2",
    "0x7f.1": "0x7f.1",
    [label(63)]: label(63),
    [`${[63, 63, 63, 61].map(label).join(".")}`]: [63, 63, 63, 61].map(label).join("."),
  };
  for (const [domain, name] of Object.entries(fits)) assertEquals(dnsName(domain), { name });
});

Deno.test("names that do not fit say why", () => {
  const wrong: Record<string, string> = {
    "": "the domain has an empty label",
    "a..b": "the domain has an empty label",
    ".a": "the domain has an empty label",
    "a..": "the domain has an empty label",
    [label(64)]: "the domain has a label of more than 63 octets",
    ["ü".repeat(63)]: "the domain has a label of more than 63 octets",
    [[63, 63, 63, 62].map(label).join(".")]: "the domain has more than 253 octets",
    "a\u00a0b": "the domain has characters that no name can have",
    "a b": "the domain has characters that no name can have",
    "ü b": "the domain has characters that no name can have",
  };
  for (const [domain, problem] of Object.entries(wrong)) {
    assertEquals(dnsName(domain), { problem }, domain);
  }
});
