import { assertEquals } from "@std/assert";
import { MessageSocket } from "../../src/host/message_socket.ts";
import { ProbeWriter } from "../../src/scan/probe_writer.ts";
import { ROW } from "../../src/scan/target_row.ts";
import { besideUdp } from "../connect/udp_fixture.ts";
import { rootTest } from "../lab/root.ts";
import { probeOf, rowOf, templateOf } from "./probe_fixture.ts";
import { line } from "./probe_packets.ts";

/** Loopback's addresses: one that a server of all addresses has, and one that is sent from. */
const LOOPBACK = {
  4: { any: "0.0.0.0", source: "127.0.0.1", targets: ["127.0.0.1", "127.1.2.3", "127.255.0.9"] },
  6: { any: "::1", source: "::1", targets: ["::1"] },
} as const;

for (const version of [4, 6] as const) {
  rootTest(`the kernel takes IPv${version} probes from where they were written`, async () => {
    const { any, source, targets } = LOOPBACK[version];
    const arm = line(version, "probe ", "");
    const run = {
      key: Uint8Array.from({ length: 16 }, (_, i) => i),
      ports: { first: 40_000, last: 60_999 },
      sharesPort: true,
      sources: { [version]: [source] },
    };
    const writer = new ProbeWriter({
      ...run,
      templates: { 4: null, 6: null, [version]: [templateOf(arm)] },
      link: new Uint8Array(),
      slots: targets.length,
      names: "inet",
    });
    const sent = { arm: 0, epoch: 1, ms: 0 };
    const got: string[] = [];
    const all = Promise.withResolvers<void>();
    const heard = (datagram: Uint8Array, _: unknown, { port }: { port: number }) => {
      got.push(`${port} ${new TextDecoder().decode(datagram)}`);
      if (got.length === 2 * targets.length) all.resolve();
    };
    await besideUdp(heard, async ({ port }) => {
      const rows = targets.map((target) => rowOf(target, port));
      rows.forEach((row, i) => writer.rows.set(row, i * ROW));
      using socket = MessageSocket.routed(version, "lo", 0);
      for (const half of [0, 1] as const) {
        const { messages, count } = writer.write(rows.length, 0, half, sent.epoch, sent.ms, half);
        assertEquals(await socket.send(messages, count), { taken: count, refused: new Map() });
      }
      await all.promise;
      const expected = [0, 1].flatMap((round) =>
        rows.map((row) => {
          const probe = probeOf(run, arm, row, { ...sent, round });
          const at = version === 4 ? 20 : 40;
          const from = new DataView(probe.buffer).getUint16(at);
          return `${from} ${new TextDecoder().decode(probe.subarray(at + 8))}`;
        })
      );
      assertEquals(got.sort(), expected.sort());
    }, any);
  });
}
