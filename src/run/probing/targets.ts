import { Failure } from "../../host/failure.ts";
import type { Address } from "../../probe/probe_options.ts";
import { Resolver } from "../../probe/resolver.ts";
import { unlessAborted } from "../../probe/unless_aborted.ts";
import { addressProblem, canonicalAddress } from "../../target/address.ts";
import { destinationProblem, type Outlet } from "../../target/destination.ts";
import { quote } from "../../target/quote.ts";
import type { HostsRequest } from "./request.ts";

/** A target as it was named, and its address. */
export interface ProbeTarget {
  readonly name: string;
  readonly to: Address;
}

/** Called for hosts that cannot be targets. */
export interface HostsListener {
  /** @param problem what is wrong with the host, as the message of a {@linkcode Failure} */
  missing(host: string, problem: string): void;
}

/** What a run over hosts came to. */
export interface HostsOutcome {
  /** Hosts that are no targets; the listener was called for each, unless the signal came first. */
  readonly missing: number;
  /** Targets that nothing could be sent to. */
  readonly refused: number;
}

/** How targets are found. */
export interface FindOptions {
  /** The interface that packets will leave by; null when the routes choose it. */
  readonly outlet: Outlet | null;
  readonly signal: AbortSignal;
  readonly listener: HostsListener;
}

/**
 * The targets that packets may be sent to. Hosts that have no address, or one that is none of a
 * target, are reported, and `missing` counts them. With the signal, those that are still looked for
 * are missing too.
 */
export async function findTargets(
  { hosts, ipVersion }: HostsRequest,
  { outlet, signal, listener }: FindOptions,
): Promise<{ targets: ProbeTarget[]; missing: number }> {
  const resolver = new Resolver();
  const found = await Promise.all(hosts.map(async (name) => {
    try {
      // What has a colon can be no name, and a zone would be lost on the way through the resolver
      if (name.includes(":")) refuse(addressProblem(name));
      const to = await unlessAborted(resolver.resolve(name, ipVersion), signal);
      const problem = destinationProblem(to.text, outlet);
      refuse(problem === null || name === to.text ? problem : `${quote(name)}: ${problem}`);
      return { name, to: { ...to, text: canonicalAddress(to.text) } };
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof Failure)) throw error;
      listener.missing(name, error.message);
      return null;
    }
  }));
  const targets = found.filter((target) => target !== null);
  return { targets, missing: hosts.length - targets.length };
}

/** Throws a {@linkcode Failure} when there is a problem. */
function refuse(problem: string | null): void {
  if (problem !== null) throw new Failure(problem);
}
