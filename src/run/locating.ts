import type { Locatable } from "../contract/locate.ts";
import { NOT_OBSERVED, type Result } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { callPlugin } from "../measure/plugin_call.ts";
import { type Localisation, Localiser } from "../probe/localise.ts";
import type { Reactor } from "../host/reactor.ts";
import { type Feature, readFeature } from "../probe/localise/feature.ts";
import {
  hopsOfPath,
  localisationRecord,
  localisedConditions,
  ptoPath,
} from "../probe/localise/report.ts";
import { ConcurrencyLimit } from "../target/concurrency_limit.ts";
import { SWEEP } from "./limits.ts";
import type { Plan } from "./plan.ts";

/** Paths that are probed at once. */
const AT_ONCE = 50;

/** Looking for where it happens goes on to its end, as measuring does. */
const NEVER = new AbortController().signal;

/** Looks where it happens, for the targets whose paths are not clean. */
export class Locating implements Disposable {
  readonly #plan: Plan;
  readonly #localiser: Localiser;
  readonly #limit = new ConcurrencyLimit(AT_ONCE);

  /** Throws a `Failure` when this host cannot capture or forge. */
  constructor(plan: Plan, device: string, reactor: Reactor) {
    this.#plan = plan;
    const { bind, sources } = plan;
    this.#localiser = new Localiser(reactor, { interface: device, bind, sources });
  }

  /** A result with what localisation adds to it: path, hops and conditions. */
  async extend(result: Result): Promise<Result> {
    const { spider, spiderOptions, connect } = this.#plan;
    const { conditions } = result;
    if (conditions.includes(NOT_OBSERVED)) return result;
    const wanted = await callPlugin(
      spider,
      "locate.features",
      () => spider.locate!.features(conditions, spiderOptions, connect.name),
    );
    if (wanted.length === 0) return result;
    const address = String(result.dip);
    const port = Number(result.dp ?? connect.defaultPort);
    const found: { name: string; localisation: Localisation }[] = [];
    for (const locatable of wanted) {
      const feature = this.#feature(locatable);
      const localisation = await this.#limit.through(() =>
        this.#localiser.locate({ address, port }, feature, { ...SWEEP, signal: NEVER })
      );
      found.push({ name: locatable.name, localisation });
    }
    const longest = found.map(({ localisation }) => localisation)
      .reduce((a, b) => ptoPath(b).length > ptoPath(a).length ? b : a);
    return {
      ...result,
      path: ptoPath(longest),
      conditions: [
        ...new Set([
          ...conditions,
          ...found.flatMap(({ name, localisation }) => localisedConditions(localisation, name)),
        ]),
      ],
      hops: hopsOfPath(longest),
      localisations: found.map(({ localisation }) => localisationRecord(localisation)),
    };
  }

  close(): void {
    this.#localiser.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #feature({ feature: text }: Locatable): Feature {
    const feature = readFeature(text);
    if (typeof feature !== "string") return feature;
    throw new Failure(
      `the spider ${this.#plan.spider.name} wants ${text} localised, which ${feature}`,
    );
  }
}
