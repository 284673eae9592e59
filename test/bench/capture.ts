import { ACK, be16, ethernet, FIN, ip4, pcapFile, records, SYN, tcp } from "../data/packets.ts";

/** Packets of one flow of the benchmark's capture. */
export const PACKETS_A_FLOW = 9;

/**
 * Writes the benchmark's capture: TCP flows of nine packets (handshake, request, answer, end), many
 * of them open at once, as in a measurement.
 */
export function writeCapture(path: string, flows: number, open = 1000): void {
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
      data: ethernet(ip4(tcp({ flags, ...(payload ? { payload } : {}) }))),
    }]).map((octet, i, all) => reverse ? swapped(octet, i, all) : octet)
  );
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  file.writeSync(pcapFile([]));
  let count = 0;
  for (let first = 0; first < flows; first += open) {
    const parts: Uint8Array[] = [];
    for (const [step, template] of templates.entries()) {
      for (let flow = first; flow < Math.min(first + open, flows); flow++) {
        const record = template.slice();
        address(record, steps[step]![0], flow);
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

// In a record: 16 octets of header, 14 of Ethernet; addresses at 12 and 16 of IP; ports behind
const SOURCE = 16 + 14 + 12;
const PORTS = 16 + 14 + 20;

function swapped(octet: number, i: number, all: Uint8Array): number {
  if (i >= SOURCE && i < SOURCE + 8) return all[SOURCE + (i - SOURCE + 4) % 8]!;
  if (i >= PORTS && i < PORTS + 4) return all[PORTS + (i - PORTS + 2) % 4]!;
  return octet;
}

function address(record: Uint8Array, reverse: boolean, flow: number): void {
  const [client, port] = reverse ? [SOURCE + 4, PORTS + 2] : [SOURCE, PORTS];
  record.set([10, 1, ...be16(flow >> 12)], client);
  record.set(be16(20000 + (flow & 4095)), port);
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
