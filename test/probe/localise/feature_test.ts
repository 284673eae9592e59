import { assertEquals } from "@std/assert";
import { synPacket } from "../../../src/connect/transport/syn.ts";
import type { PacketSpec } from "../../../src/contract/packet.ts";
import { type Feature, readFeature } from "../../../src/probe/localise/feature.ts";

const SYN = synPacket({ address: "192.0.2.1", port: 61_000 }, {
  address: "192.0.2.2",
  port: 80,
}, {});

function feature(text: string): Feature {
  const read = readFeature(text);
  if (typeof read === "string") throw new Error(`${text} ${read}`);
  return read;
}

function kinds({ transport }: PacketSpec): number[] {
  return transport.kind === "tcp" ? (transport.options ?? []).map(({ kind }) => kind) : [];
}

Deno.test("invalid features are reported with what they need", () => {
  const problems: Readonly<Record<string, string>> = {
    "": "is not one of ecn, dscp:1-63, mss[:OCTETS], tcpopt:2-255, tfo, evilbit",
    "ECN": "is not one of ecn, dscp:1-63, mss[:OCTETS], tcpopt:2-255, tfo, evilbit",
    "dscp": "needs a codepoint from 1 to 63, as dscp:46",
    "dscp:0": "needs a codepoint from 1 to 63, as dscp:46",
    "dscp:64": "needs a codepoint from 1 to 63, as dscp:46",
    "dscp:4x": "needs a codepoint from 1 to 63, as dscp:46",
    "dscp:46:1": "has two colons",
    "tcpopt:1": "needs a kind from 2 to 255, as tcpopt:8",
    "tcpopt:256": "needs a kind from 2 to 255, as tcpopt:8",
    "mss:0": "takes octets from 1 to 65535, as mss:1460",
    "mss:65536": "takes octets from 1 to 65535, as mss:1460",
    "ecn:1": "takes no value",
  };
  for (const [text, problem] of Object.entries(problems)) assertEquals(readFeature(text), problem);
});

Deno.test("arms differ from the baseline by what the feature is alone", () => {
  const [plain, ecn, ect0] = feature("ecn").arms.map((arm) => arm.make(SYN));
  assertEquals(plain, SYN);
  assertEquals(ecn, { ...SYN, transport: { ...SYN.transport, flags: 0xc2 } as never });
  assertEquals(ect0, { ...SYN, ip: { ...SYN.ip, ecn: 2 } });
  const [, marked] = feature("dscp:46").arms.map((arm) => arm.make(SYN));
  assertEquals(marked, { ...SYN, ip: { ...SYN.ip, dscp: 46 } });
  const [, evil] = feature("evilbit").arms.map((arm) => arm.make(SYN));
  assertEquals(evil, { ...SYN, ip: { ...SYN.ip, reserved: true } });
  assertEquals(feature("evilbit").versions, [4]);
});

Deno.test("an option is in one arm and not in the other, once", () => {
  for (
    const [text, kind] of [["mss", 2], ["tcpopt:8", 8], ["tcpopt:30", 30], ["tfo", 34]] as const
  ) {
    const [without, ...others] = feature(text).arms.map((arm) => arm.make(SYN));
    assertEquals(kinds(without!).filter((own) => own === kind), [], text);
    for (const other of others) {
      assertEquals(kinds(other).filter((own) => own === kind), [kind], text);
      assertEquals(kinds(other).filter((own) => own !== kind), kinds(without!), text);
    }
  }
  const [, mss] = feature("mss:536").arms.map((arm) => arm.make(SYN));
  const options = mss?.transport.kind === "tcp" ? mss.transport.options : undefined;
  assertEquals(options?.[0], { kind: 2, data: Uint8Array.of(2, 24) });
});
