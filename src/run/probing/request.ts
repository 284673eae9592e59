import { PROBE_PROTOCOLS, type ProbeProtocol } from "../../probe/probe_options.ts";
import { checkedSource, checkOwn } from "../devices.ts";
import { checkLimits, PROBING_LIMITS } from "../limits.ts";
import { field, requestError } from "../request_error.ts";

/** The hosts of a run that sends to some. */
export interface HostsRequest {
  /** Names or addresses. */
  readonly hosts: readonly string[];
  /** Which addresses of names to use; the system's preferred ones when missing. */
  readonly ipVersion?: 4 | 6 | undefined;
}

/** What is the same for all runs that probe hosts through mtr-packet. */
export interface ProbingRequest extends HostsRequest {
  readonly protocol: ProbeProtocol;
  /**
   * Address of this host to send from, by the way that its rules have for it; the kernel chooses when
   * missing.
   */
  readonly source?: string | undefined;
  /** Destination port of UDP, TCP and SCTP probes; 32768 for UDP and else 80 when missing. */
  readonly port?: number | undefined;
  /** How long to wait for an answer, in whole seconds. */
  readonly timeout: number;
  /** Octets of an ICMP or UDP probe, IP header included; the least when missing. */
  readonly size?: number | undefined;
  /** The octet of the IP header that holds DSCP and ECN; 0 when missing. */
  readonly tos?: number | undefined;
  /** Keep every single result, as records of RIPE Atlas have them; otherwise they are summed up. */
  readonly keep: boolean;
}

/**
 * A request with the IP version that its source leaves.
 *
 * @throws {RequestError} when a host is empty, or probes from the source could not come back
 */
export function checkedRequest<R extends ProbingRequest>(request: R): R {
  checkHosts(request.hosts);
  return { ...request, ipVersion: versionOf(request) };
}

/**
 * Checks that every host that was named is a name or an address, or may be one.
 *
 * @throws {RequestError} when one is empty, as `"$HOST"` is in a script that has not set it
 */
export function checkHosts(hosts: readonly string[]): void {
  if (hosts.every((host) => host.trim() !== "")) return;
  throw requestError`a ${field("hosts")} is empty: give a name or an address, or leave it out`;
}

/**
 * Checks that what probes ask for, except hosts and source, goes together.
 *
 * @throws {RequestError} when it does not
 */
export function checkProbes(request: ProbingRequest): void {
  const { protocol, port, size } = request;
  if (!PROBE_PROTOCOLS.includes(protocol)) {
    throw requestError`${field("protocol")} must be one of ${
      PROBE_PROTOCOLS.join(", ")
    }, not ${protocol}`;
  }
  const { port: ports, timeout, size: sizes, tos } = PROBING_LIMITS;
  checkLimits(request, { port: ports, timeout, size: sizes, tos });
  if (port !== undefined && protocol === "icmp") {
    throw requestError`${field("port")} goes with ${
      field("protocol", "udp")
    }, tcp or sctp; ICMP has no ports`;
  }
  if (size !== undefined && (protocol === "tcp" || protocol === "sctp")) {
    throw requestError`${field("size")} goes with ${
      field("protocol", "icmp")
    } or udp; leave it out`;
  }
}

/**
 * The IP version that is asked for, that of the source where there is one. The source must be this
 * host's own: from another's address mtr-packet sends probes too, and what was never to come would
 * count as lost.
 */
function versionOf({ source, ipVersion }: ProbingRequest): 4 | 6 | undefined {
  if (source === undefined) return ipVersion;
  const { text, version } = checkedSource("source", source);
  if (ipVersion !== undefined && ipVersion !== version) {
    throw requestError`${field("source", source)} does not go with ${
      field("ipVersion", ipVersion)
    }; leave out one of them`;
  }
  checkOwn("source", [text]);
  return version;
}
