import { library } from "./library.ts";

/** What an interface has received and sent since it came up. */
export interface Counters {
  readonly rx: { readonly octets: number; readonly packets: number };
  readonly tx: { readonly octets: number; readonly packets: number };
}

/** Counters of the interfaces of this network namespace, by their names (proc_net_dev(5)). */
export async function countersOfAll(): Promise<Map<string, Counters>> {
  const { readKernelFile } = await library();
  const all = new Map<string, Counters>();
  // Two lines of headings come first
  for (const line of readKernelFile("/proc/thread-self/net/dev").trimEnd().split("\n").slice(2)) {
    const end = line.lastIndexOf(":");
    const [octets = 0, packets = 0, , , , , , , sent = 0, sentPackets = 0] = line.slice(end + 1)
      .trim().split(/ +/).map(Number);
    all.set(line.slice(0, end).trim(), {
      rx: { octets, packets },
      tx: { octets: sent, packets: sentPackets },
    });
  }
  return all;
}
