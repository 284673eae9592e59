import { assert, assertEquals } from "@std/assert";
import type { Chain } from "../../../src/mod.ts";
import { extractPorts, type TcpHeader, tcpOptions } from "../../../src/mod.ts";
import type { FlowTable } from "../../../src/observe/flow_table.ts";
import { drained, flowTable } from "../../data/dissect.ts";
import { LINKS, mutant } from "../../data/mutants.ts";
import { records } from "../../data/packets.ts";
import { random } from "../../data/random.ts";

const PACKETS = 30_000;
/** Octets of a table's input around a packet that are filled with something. */
const AROUND = 512;

/** Everything that a header shows: each getter up its prototypes, and each list. */
function everything(header: object, depth = 0): unknown {
  const found: Record<string, unknown> = {};
  for (let at = header; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (get !== undefined && !(name in found)) found[name] = shown(get.call(header), depth);
    }
  }
  for (const list of ["options", "extensions"]) {
    if (!(list in header)) continue;
    const items = (header as Record<string, () => Iterable<object>>)[list]!();
    found[list] = Array.from(items, (item) => Object.values(item).map((value) => shown(value, 0)));
  }
  if ("option" in header) {
    found.kinds = Array.from(
      { length: 256 },
      (_, kind) => (header as TcpHeader).option(kind)?.toHex(),
    );
    found.read = Object.values(tcpOptions(header as TcpHeader)).map((value) => shown(value, 9));
  }
  return found;
}

function shown(value: unknown, depth: number): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (typeof value !== "object" || value === null || depth > 3) return JSON.stringify(value);
  return everything(value, depth + 1);
}

/** Shows all of every header, as text, and what must agree with the record of the dissector. */
function table(): { table: FlowTable; take(): string } {
  let text = "";
  const look = (rec: Fields, header: object) => {
    rec.own_shown = true;
    text += JSON.stringify(everything(header));
  };
  const chain = {
    name: "everything",
    fields: {
      own_shown: { type: "boolean", summary: "shown", initial: false },
      own_basic: { type: "json", summary: "what basic says too", initial: [] },
      own_flags: { type: "integer?", summary: "TCP flags", initial: null },
    },
    newFlow(rec, ip) {
      const [sp, dp] = extractPorts(ip) ?? [];
      rec.own_basic = [ip.source, ip.destination, ip.protocol, ip.length, sp ?? null, dp ?? null];
      assertEquals(ip.payload.length, ip.captured - ip.headerLength);
    },
    ip4: look,
    ip6: look,
    icmp4: look,
    icmp6: look,
    udp: look,
    l4: look,
    tcp(rec, tcp) {
      look(rec, tcp);
      if (tcp.syn) rec.own_flags = tcp.flags;
    },
  } satisfies Chain<Fields>;
  return {
    table: flowTable({ chains: ["basic", "tcp", chain], input: 1 << 16 }),
    take() {
      const all = text;
      text = "";
      return all;
    },
  };
}

interface Fields {
  own_shown: boolean;
  own_basic: unknown[];
  own_flags: number | null;
}

Deno.test("hostile packets: every view of every header, and nothing beyond the packet", () => {
  const next = random(7);
  const one = table();
  const other = table();
  let looked = 0;
  for (let i = 0; i < PACKETS; i++) {
    const link = LINKS[next(LINKS.length)]!;
    const { frame, cut } = mutant(next, 1_700_000_000 + i * 100, link);
    const data = records([frame]);
    const show = ({ table, take }: typeof one, filler: number, behind: Uint8Array) => {
      const input = table.input(1);
      input.fill(filler, 0, data.length + AROUND);
      input.set(data);
      input.set(behind, data.length);
      table.dissect(data.length, link, 1);
      table.flush();
      return { text: take(), flows: drained(table) };
    };
    const context = `link ${link}, wire ${frame.wire}: ${frame.data.toHex()}`;
    const { text, flows } = show(one, 0, new Uint8Array());
    const again = show(other, 0xff, cut);
    if (text !== again.text) throw new Error(`octets beyond the packet show; ${context}`);
    assertEquals(flows, again.flows);
    for (const flow of flows as unknown as (typeof flows[0] & Fields)[]) {
      const { sip, dip, proto, oct_fwd, oct_rev, sp, dp, pkt_rev } = flow;
      // A SYN-ACK goes against the flow that it begins
      const [basic, flags] = pkt_rev > 0
        ? [[dip, sip, proto, oct_rev, dp, sp], flow.tcp_synflags_rev]
        : [[sip, dip, proto, oct_fwd, sp, dp], flow.tcp_synflags_fwd];
      assertEquals(flow.own_basic, basic, context);
      assertEquals(flow.own_flags, flags, context);
      assert(flow.own_shown);
      looked++;
    }
  }
  assert(looked > PACKETS / 3, `${looked}`);
});
