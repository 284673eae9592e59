import { assertEquals } from "@std/assert";
import { addressBytes, addressText } from "../../src/host/address.ts";
import { ProbeEnds } from "../../src/scan/probe_ends.ts";
import { ProbeWriter } from "../../src/scan/probe_writer.ts";
import { ROW } from "../../src/scan/target_row.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import { bundled } from "./fixture.ts";
import { messagesOf } from "./probe_fixture.ts";

Deno.test("our side of a probe is what its writer wrote, for every arm and round", async () => {
  for (const [name, sharesPort] of [["ecn", false], ["udpzero", true]] as const) {
    const of = await bundled(name);
    const run = {
      key: Uint8Array.from({ length: 16 }, (_, i) => i * 7),
      ports: { first: 40_000, last: 40_999 },
      sharesPort,
      sources: { 4: ["192.0.2.1", "192.0.2.2", "203.0.113.3"], 6: ["2001:db8::9"] },
    };
    assertEquals(of.type.stateless.sharesPort, sharesPort);
    const templates = await templatesOf(of);
    const writer = new ProbeWriter({ ...run, templates, link: new Uint8Array(), slots: 8 });
    const ends = new ProbeEnds(run);
    for (const address of ["198.51.100.7", "198.51.100.8", "10.1.2.3", "2001:db8:1::7"]) {
      for (const port of [53, 65_535]) {
        const octets = addressBytes(address);
        const row = new Uint8Array(ROW);
        if (octets.length === 4) row.fill(0xff, 10, 12);
        row.set(octets, 16 - octets.length);
        row.set([port >> 8, port & 255], 16);
        for (const round of [0, 1, 2]) {
          const written = [0, 1].map((place) => {
            writer.rows.set(row);
            const [message] = messagesOf(writer.write(1, place, round, 0, 0, 0));
            return endOf(message!.octets);
          });
          const told = [0, 1].map((arm) => ends.local(address, port, arm, round));
          const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
          assertEquals(sorted(told), sorted(written), `${address} ${port} round ${round}`);
        }
      }
    }
  }
});

/** Source address and port of a packet. */
function endOf(packet: Uint8Array) {
  const isFour = packet[0]! >> 4 === 4;
  const [from, to, transport] = isFour ? [12, 16, 20] : [8, 24, 40];
  return {
    address: addressText(packet.slice(from, to)),
    port: packet[transport]! << 8 | packet[transport + 1]!,
  };
}
