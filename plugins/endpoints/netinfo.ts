import type { EndpointContext, HttpEndpoint } from "../../src/mod.ts";
import { type Counters, countersOfAll } from "./shared/counters.ts";
import { every } from "./shared/every.ts";

/** Octets a second. */
interface Rates {
  readonly rx: number;
  readonly tx: number;
}

/** How fast interfaces receive and send, kept up to date in the background. */
class RateMeter {
  #before = new Map<string, Counters>();
  #since = 0;
  #rates = new Map<string, Rates>();

  /** Looks at the counters once more. */
  async look(): Promise<void> {
    const counters = await countersOfAll();
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    this.#rates = new Map([...counters].flatMap(([name, { rx, tx }]) => {
      const before = this.#before.get(name);
      // One that went and came again counts from 0
      if (before === undefined || rx.octets < before.rx.octets || tx.octets < before.tx.octets) {
        return [];
      }
      return [[name, {
        rx: Math.round((rx.octets - before.rx.octets) / seconds),
        tx: Math.round((tx.octets - before.tx.octets) / seconds),
      }]];
    }));
    this.#before = counters;
    this.#since = now;
  }

  /** Null where nothing is known yet. */
  of(name: string): Rates | null {
    return this.#rates.get(name) ?? null;
  }
}

const meters = new WeakMap<EndpointContext, RateMeter>();

export default {
  kind: "endpoint",
  name: "netinfo",
  version: "1.0.0",
  api: "^1",
  summary: "interfaces of this host, their addresses, and how fast they receive and send",
  references: ["https://man7.org/linux/man-pages/man5/proc_net_dev.5.html"],
  options: {
    interval: {
      type: "number",
      summary: "seconds between two looks at the counters",
      default: 1,
      minimum: 0.1,
      maximum: 3600,
    },
  },
  init(context) {
    const meter = new RateMeter();
    meters.set(context, meter);
    context.task(
      "rates",
      (signal) => every(Number(context.options.interval), signal, () => meter.look()),
    );
  },
  async handler({ segments: [wanted, ...more] }, context) {
    const meter = meters.get(context)!;
    const interfaces = await interfacesWith((name) => meter.of(name));
    if (wanted === undefined) return [200, { interfaces }];
    const one = interfaces.find(({ name }) => name === wanted);
    return one === undefined || more.length > 0
      ? [404, { error: "there is no such interface" }]
      : [200, one];
  },
} satisfies HttpEndpoint;

async function interfacesWith(rates: (name: string) => Rates | null) {
  const addresses = Map.groupBy(Deno.networkInterfaces(), ({ name }) => name);
  // Those without an address as well
  return [...await countersOfAll()].map(([name, { rx, tx }]) => ({
    name,
    addresses: (addresses.get(name) ?? []).map(({ address, cidr, family }) => ({
      address,
      prefix: Number(cidr.split("/")[1]),
      family: family === "IPv6" ? 6 : 4,
    })),
    octets: { rx: rx.octets, tx: tx.octets },
    rates: rates(name),
  }));
}
