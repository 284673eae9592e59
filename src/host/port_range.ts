import { Failure } from "./failure.ts";
import { readKernelFile } from "./kernel_file.ts";
import { readSysctl, speaksIpv6 } from "./sysctl.ts";

/** Ports from one to another, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The host's own choice of local ports (ip(7)). */
const EPHEMERAL = "net.ipv4.ip_local_port_range";

const LOWEST = 10_240;
/** From here on Linux chooses no ports by default, and forged packets have them. */
const BEYOND = 61_000;

/** The state of such a socket, as the fourth column has it (RFC 9293, section 3.3.2). */
const TIME_WAIT = "06";

/** Tables of sockets; the second column is the local address and port, in hexadecimal. */
const SOCKETS = ["tcp", "tcp6", "udp", "udp6"].map((name) => `/proc/thread-self/net/${name}`);

/**
 * Ranges of ports that no socket of this host has, outside of those that the host itself chooses
 * from; inside only where there is no room, and then it must be kept from it.
 *
 * @param taken first ports of ranges in use by other runs
 * @throws {Failure} when there are not enough
 */
export function freePortRanges(
  count: number,
  size: number,
  taken: ReadonlySet<number>,
): { readonly ranges: readonly PortRange[]; readonly own: boolean } {
  const [low = 0, high = 0] = (readSysctl(EPHEMERAL) ?? "").split(" ").map(Number);
  const bound = boundPorts();
  const free = Array.from({ length: Math.floor((BEYOND - LOWEST) / size) }, (_, at) => {
    const first = LOWEST + at * size;
    return { first, last: first + size - 1 };
  }).filter((range) =>
    !taken.has(range.first) && !bound.some((port) => port >= range.first && port <= range.last)
  );
  const outside = free.filter(({ first, last }) => last < low || first > high);
  if (outside.length >= count) return { ranges: outside.slice(0, count), own: true };
  if (free.length >= count) return { ranges: free.slice(0, count), own: false };
  throw new Failure(
    `there are not ${count} ranges of ${size} ports that no socket of this host uses: end what ` +
      `uses them (\`ss -an\`), or leave out --isolate`,
  );
}

/** Ports of sockets. Those that only wait for stray packets of what has ended need none of them. */
function boundPorts(): number[] {
  return SOCKETS.filter((path) => speaksIpv6() || !path.endsWith("6")).flatMap((path) => {
    const [, ...lines] = readKernelFile(path).trim().split("\n");
    return lines.map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state !== TIME_WAIT)
      .map(([, local]) => parseInt(local!.split(":")[1]!, 16));
  });
}

/**
 * A list of ports with some ranges added, as the kernel writes it: in order, joined where they touch.
 *
 * @param list such as `8080,9148-9150`, or empty
 */
export function withRanges(list: string, ranges: readonly PortRange[]): string {
  const all = list.split(",").filter((part) => part !== "").map((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return { first, last };
  });
  const joined: PortRange[] = [];
  for (const range of [...all, ...ranges].sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push(range);
    else joined.splice(-1, 1, { ...before, last: Math.max(before.last, range.last) });
  }
  return joined.map(({ first, last }) => first === last ? `${first}` : `${first}-${last}`).join();
}
