import type { Target } from "../../contract/job.ts";
import type { Spider, SpiderOf } from "../../contract/spider.ts";
import { HOOKS } from "../../plugin/boundary.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** The spider for whose functions a clock waits: one that is not trusted runs in a worker, and answers later. */
export function heldSpider(spider: Spider, clock: VirtualClock): SpiderOf<Target> {
  const held = Object.create(spider) as Record<string, unknown>;
  for (const name of HOOKS) {
    // Asked for before the clock begins
    if (name === "arms") continue;
    const hook = held[name] as ((...given: unknown[]) => unknown) | undefined;
    if (hook === undefined) continue;
    held[name] = (...given: unknown[]) => {
      const result = hook.apply(spider, given);
      return result instanceof Promise ? clock.hold(result) : result;
    };
  }
  return held as unknown as SpiderOf<Target>;
}
