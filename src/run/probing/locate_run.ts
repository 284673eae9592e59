import { defaultInterface, type Interface, interfaceNamed } from "../../host/interface.ts";
import { Reactor } from "../../host/reactor.ts";
import { type Localisation, Localiser } from "../../probe/localise.ts";
import { type Feature, readFeature } from "../../probe/localise/feature.ts";
import { fewer } from "../../probe/rounds.ts";
import { checkLimits, LOCATE_LIMITS } from "../limits.ts";
import { field, requestError } from "../request_error.ts";
import { checkHosts, type HostsRequest } from "./request.ts";
import type { ProbingOutcome } from "./probing_run.ts";
import { findTargets, type HostsListener, type ProbeTarget } from "./targets.ts";

/** On the paths to which hosts to look for what, and how; `SWEEP` has the usual numbers. */
export interface LocateRequest extends HostsRequest {
  /** What to look for: `ecn`, `dscp:46`, `mss`, `tcpopt:8` (by kind), `tfo` or `evilbit`. */
  readonly feature: string;
  /** Name of the interface that packets leave through; the routes choose it when missing. */
  readonly interface?: string | undefined;
  /** TCP port of the hosts. */
  readonly port: number;
  /** The greatest number of hops, 1 to 255. */
  readonly maxTtl: number;
  /** Packets of each kind to each hop; fewer than 4 cannot tell a drop from loss. */
  readonly repeats: number;
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds from one packet to a hop to the next of its kind. */
  readonly intervalMs: number;
  /** Paths that are probed at once. */
  readonly workers: number;
}

/** What was found out on the path to a host. */
export interface HostLocalisation {
  readonly target: ProbeTarget;
  readonly found: Localisation;
}

/** What a localisation works with. */
export interface LocateParts {
  /** Takes what was found on each path, as soon as it is. */
  sink(found: HostLocalisation): void | Promise<void>;
  readonly listener: HostsListener;
}

/**
 * Finds where on the paths to hosts packets with a feature are changed or dropped. Needs root.
 *
 * @example
 * ```ts ignore
 * const run = new LocateRun(
 *   { ...SWEEP, hosts: ["192.0.2.1"], feature: "dscp:46", port: 80, workers: 100 },
 *   {
 *     sink: ({ found }) => console.log(found.arms),
 *     listener: { missing: (_, problem) => console.error(problem) },
 *   },
 * );
 * const { missing, refused, failure } = await run.run(AbortSignal.timeout(60_000));
 * ```
 */
export class LocateRun {
  readonly #request: LocateRequest;
  readonly #parts: LocateParts;
  readonly #feature: Feature;
  readonly #device: Interface;

  /**
   * @throws {RequestError} when the request holds an invalid value
   * @throws {Failure} when this host has no such interface, or no way to the Internet
   */
  constructor(request: LocateRequest, parts: LocateParts) {
    this.#request = request;
    this.#parts = parts;
    this.#feature = featureOf(request);
    checkLimits(request, LOCATE_LIMITS);
    checkHosts(request.hosts);
    this.#device = interfaceNamed(request.interface ?? defaultInterface());
  }

  /**
   * Probes the paths to all hosts. To be called once.
   *
   * @param stop when it aborts, no more packets are sent; paths that were begun say that it was
   * interrupted
   * @throws {Failure} when this host cannot capture or forge
   */
  async run(stop: AbortSignal): Promise<ProbingOutcome> {
    const { listener } = this.#parts;
    const { port, workers } = this.#request;
    const { targets, missing } = await findTargets(this.#request, {
      outlet: this.#device,
      signal: stop,
      listener,
    });
    using reactor = new Reactor();
    using localiser = new Localiser(reactor, {
      interface: this.#device.name,
      bind: this.#request.interface !== undefined,
    });
    let refused = 0;
    const locate = async (target: ProbeTarget) => {
      const remote = { address: target.to.text, port };
      const how = { ...this.#request, signal: stop };
      const found = await localiser.locate(remote, this.#feature, how);
      if (found.problem !== null) refused++;
      await this.#parts.sink({ target, found });
    };
    const failures: unknown[] = [];
    const running = reactor.run();
    const pending = new Set<Promise<void>>();
    const all = (async () => {
      for (const target of targets) {
        await fewer(pending, workers - 1);
        if (stop.aborted || failures.length > 0) break;
        const one = locate(target)
          .catch((error) => void failures.push(error))
          .finally(() => pending.delete(one));
        pending.add(one);
      }
      await fewer(pending, 0);
    })();
    try {
      await Promise.race([all, running]);
    } finally {
      reactor.stop();
      await running;
    }
    return { missing, refused, failure: failures[0] ?? null };
  }
}

function featureOf({ feature: text }: LocateRequest): Feature {
  const feature = readFeature(text);
  if (typeof feature !== "string") return feature;
  throw requestError`${field("feature", text)} ${feature}`;
}
