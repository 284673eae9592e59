import type { Target } from "../../contract/job.ts";
import type { Spider, SpiderOf } from "../../contract/spider.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Functions of a spider that take no time on the network. */
const HOOKS = [
  "init",
  "close",
  "skip",
  "preConnect",
  "postConnect",
  "merge",
  "conclude",
  "jobs",
] as const;

/** The spider for whose functions a clock waits: one that is not trusted runs in a worker, and answers later. */
export function heldSpider(spider: Spider, clock: VirtualClock): SpiderOf<Target> {
  const held = Object.create(spider) as Record<string, unknown>;
  for (const name of HOOKS) {
    const hook = held[name] as ((...given: unknown[]) => unknown) | undefined;
    if (hook === undefined) continue;
    held[name] = (...given: unknown[]) => {
      const result = hook.apply(spider, given);
      return result instanceof Promise ? clock.hold(result) : result;
    };
  }
  return held as unknown as SpiderOf<Target>;
}
