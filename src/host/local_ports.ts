import { readKernelFile } from "./kernel_file.ts";

/** How this network namespace assigns local ports. */
export interface LocalPorts {
  /** The first and the last of those that the kernel chooses from. */
  readonly ephemeral: readonly [number, number];
  /** Ports among them that it leaves out. */
  readonly reserved: ReadonlySet<number>;
  /** Ports that sockets have now. */
  readonly bound: ReadonlySet<number>;
}

const SYSCTLS = "/proc/sys/net/ipv4";
const TABLES = ["tcp", "tcp6", "udp", "udp6"];

/** Reads the settings and the tables of sockets. Those of IPv4 hold for IPv6 too (ip-sysctl). */
export function localPorts(): LocalPorts {
  const [from = 0, to = 0] = read(`${SYSCTLS}/ip_local_port_range`).trim().split(/\s+/).map(Number);
  return {
    ephemeral: [from, to],
    reserved: portsIn(read(`${SYSCTLS}/ip_local_reserved_ports`)),
    bound: new Set(TABLES.flatMap((table) => boundIn(read(`/proc/net/${table}`)))),
  };
}

/** The ports of a list such as `8080,9000-9003`. */
export function portsIn(list: string): Set<number> {
  const ports = new Set<number>();
  for (const part of list.trim().split(",").filter((part) => part !== "")) {
    const [from = 0, to = from] = part.split("-").map(Number);
    for (let port = from; port <= to; port++) ports.add(port);
  }
  return ports;
}

/** The local ports in a table of sockets: `sl local_address ...`, addresses and ports in hexadecimal. */
function boundIn(table: string): number[] {
  return [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)].map(([, port]) =>
    parseInt(port!, 16)
  );
}

/** What a file holds; nothing when it is not there, as those of IPv6 where that is switched off. */
function read(path: string): string {
  try {
    return readKernelFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
