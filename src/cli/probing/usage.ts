import { UsageError } from "../../host/usage_error.ts";
import type { ProbeProtocol } from "../../probe/probe_options.ts";
import type { ProbingRequest } from "../../run/probing/request.ts";
import type { ProbingOptions } from "./options.ts";

/**
 * Checks that what was asked of a command that probes goes together, as far as that is the command
 * line's.
 *
 * @throws {UsageError} when it does not
 */
export function checkForms({ watch, json, csv }: ProbingOptions, terminal: boolean): void {
  const forms = [["--watch", watch], ["--json", json], ["--csv", csv]] as const;
  const [one, other] = forms.filter(([, given]) => given);
  if (one !== undefined && other !== undefined) {
    throw new UsageError(`${one[0]} and ${other[0]} exclude each other; give one`);
  }
  if (watch && !terminal) throw new UsageError("--watch needs a terminal; leave it out");
}

/**
 * The IP version that was asked for; undefined when none was.
 *
 * @throws {UsageError} when both were
 */
export function versionOf(
  { ipv4, ipv6 }: { readonly ipv4: boolean; readonly ipv6: boolean },
): 4 | 6 | undefined {
  if (ipv4 && ipv6) throw new UsageError("-4 and -6 exclude each other; give one");
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

/**
 * What the command line asks of probes.
 *
 * @throws {UsageError} when options exclude each other
 */
export function probingRequest(
  options: ProbingOptions,
  hosts: readonly string[],
  protocol: ProbeProtocol,
): ProbingRequest {
  const { source, port, timeout, size, tos, json } = options;
  const ipVersion = versionOf(options);
  return { hosts, protocol, ipVersion, source, port, timeout, size, tos, keep: json };
}
