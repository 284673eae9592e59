import { UsageError } from "../../host/usage_error.ts";

/** From here on mtr-packet numbers its probes by ports, and would mistake one for another. */
const FIRST_NUMBER = 33_000;

interface Choices {
  readonly watch: boolean;
  readonly json: boolean;
  readonly csv: boolean;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly size: number | undefined;
  readonly port: number | undefined;
}

/** Checks that what was asked of a command that probes goes together. Throws {@linkcode UsageError}. */
export function checkProbing(options: Choices, protocol: string, terminal: boolean): void {
  const { watch, json, csv, ipv4, ipv6, size, port } = options;
  const forms = [["--watch", watch], ["--json", json], ["--csv", csv]] as const;
  const [one, other] = forms.filter(([, given]) => given);
  if (one !== undefined && other !== undefined) {
    throw new UsageError(`${one[0]} and ${other[0]} exclude each other; give one`);
  }
  if (watch && !terminal) throw new UsageError("--watch needs a terminal; leave it out");
  if (ipv4 && ipv6) throw new UsageError("-4 and -6 exclude each other; give one");
  if (port !== undefined && protocol === "icmp") {
    throw new UsageError("--port goes with --protocol udp, tcp or sctp; ICMP has no ports");
  }
  if (size !== undefined && (protocol === "tcp" || protocol === "sctp")) {
    throw new UsageError("--size goes with --protocol icmp or udp; leave it out");
  }
}

/** Checks what was asked of a trace besides. Throws {@linkcode UsageError}. */
export function checkPaths(
  options: {
    readonly paths: number;
    readonly ipv6: boolean;
    readonly port: number | undefined;
    readonly "source-port": number | undefined;
  },
  protocol: string,
): void {
  const { paths, ipv6, port, "source-port": source } = options;
  if (protocol !== "udp") {
    const given = paths > 1 ? "--paths" : source !== undefined ? "--source-port" : null;
    if (given === null) return;
    throw new UsageError(`${given} goes with --protocol udp, whose source port can be chosen`);
  }
  if (paths > 1 && ipv6) {
    throw new UsageError("--paths goes with IPv4: over IPv6 mtr-packet cannot hold both ports");
  }
  const greatest: [string, number | undefined][] = [
    ["--port", port],
    ["--source-port", source],
    ["--source-port and --paths", source === undefined ? undefined : source + paths - 1],
  ];
  for (const [what, value] of greatest) {
    if (value === undefined || value < FIRST_NUMBER) continue;
    throw new UsageError(
      `${what} must stay below ${FIRST_NUMBER} with --protocol udp: by the ports from there on ` +
        "mtr-packet tells its probes apart",
    );
  }
}
