import { frame, ofIp, vlan } from "../data/headers.ts";
import { vxlan } from "../data/tunnels.ts";
import { ACK, be16, ethernet, FIN, ip4, pcapFile, records, SYN, tcp } from "../data/packets.ts";

/** Packets of one flow of the benchmark's capture. */
export const PACKETS_A_FLOW = 9;

/** How packets of the capture are sent: as they are, or each in VXLAN in a VLAN. */
export type Carriage = "bare" | "vxlan";

/** What stands before a frame. */
const CARRIAGES: Readonly<Record<Carriage, (frame: Uint8Array) => Uint8Array>> = {
  bare: (frame) => frame,
  vxlan(inside) {
    const [protocol, payload] = vxlan(inside, 42);
    const ends = { source: [192, 0, 2, 9], destination: [192, 0, 2, 10] };
    return frame(vlan(ofIp(ip4(payload, { ...ends, protocol })), 12));
  },
};

/**
 * Writes the benchmark's capture: TCP flows of nine packets (handshake, request, answer, end), many
 * of them open at once, as in a measurement.
 */
export function writeCapture(
  path: string,
  flows: number,
  open = 1000,
  carriage: Carriage = "bare",
): void {
  const carried = CARRIAGES[carriage];
  const before = carried(new Uint8Array()).length;
  const data = new Uint8Array(200);
  const steps: readonly (readonly [boolean, number, Uint8Array?])[] = [
    [false, SYN],
    [true, SYN | ACK],
    [false, ACK],
    [false, ACK, data],
    [true, ACK],
    [true, ACK, data],
    [true, FIN | ACK],
    [false, FIN | ACK],
    [true, ACK],
  ];
  const templates = steps.map(([reverse, flags, payload]) =>
    records([{
      time: 0,
      data: carried(ethernet(ip4(tcp({ flags, ...(payload ? { payload } : {}) })))),
    }]).map((octet, i, all) => reverse ? swapped(octet, i, all, before) : octet)
  );
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  file.writeSync(pcapFile([]));
  let count = 0;
  for (let first = 0; first < flows; first += open) {
    const parts: Uint8Array[] = [];
    for (const [step, template] of templates.entries()) {
      for (let flow = first; flow < Math.min(first + open, flows); flow++) {
        const record = template.slice();
        address(record, steps[step]![0], flow, before);
        const time = new DataView(record.buffer);
        time.setUint32(0, 1_700_000_000 + Math.floor(count / 100_000), true);
        time.setUint32(4, (count % 100_000) * 10_000, true);
        count++;
        parts.push(record);
      }
    }
    for (const part of parts.length > 0 ? [concat(parts)] : []) writeAll(file, part);
  }
}

// In a record: 16 octets of header, what carries the frame, 14 of Ethernet; addresses at 12 and 16 of
// IP; ports behind
const SOURCE = 16 + 14 + 12;
const PORTS = 16 + 14 + 20;

function swapped(octet: number, place: number, all: Uint8Array, before: number): number {
  const i = place - before;
  if (i >= SOURCE && i < SOURCE + 8) return all[before + SOURCE + (i - SOURCE + 4) % 8]!;
  if (i >= PORTS && i < PORTS + 4) return all[before + PORTS + (i - PORTS + 2) % 4]!;
  return octet;
}

function address(record: Uint8Array, reverse: boolean, flow: number, before: number): void {
  const [client, port] = reverse ? [SOURCE + 4, PORTS + 2] : [SOURCE, PORTS];
  record.set([10, 1, ...be16(flow >> 12)], before + client);
  record.set(be16(20000 + (flow & 4095)), before + port);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function writeAll(file: Deno.FsFile, data: Uint8Array): void {
  let at = 0;
  while (at < data.length) at += file.writeSync(data.subarray(at));
}
