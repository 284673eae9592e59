import { armsOf } from "../../src/measure/arms.ts";
import type { OptionValues, Spider } from "../../src/mod.ts";
import { SPIDERS } from "../../src/plugin/bundled_spiders.ts";
import { readValues } from "../../src/plugin/schema/option.ts";
import type { StatelessType } from "../../src/scan/arm_problem.ts";
import { statelessTypeOf } from "../../src/scan/stateless_type.ts";
import type { Arm } from "../../src/contract/arm.ts";
import type { Job, Target } from "../../src/contract/job.ts";
import type { SpiderOf } from "../../src/contract/spider.ts";

/** A spider with its options and arms, and what it is scanned over. */
export interface Scanned {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly arms: readonly Arm<Target>[];
  readonly type: StatelessType;
}

/** One of the spiders that ship with the program, ready to be scanned. */
export async function bundled(
  name: string,
  options: Record<string, unknown> = {},
  connect?: string,
): Promise<Scanned> {
  return await scanned((await SPIDERS[name]!()).default, options, connect);
}

/** A spider ready to be scanned. */
export async function scanned(
  of: Spider,
  options: Record<string, unknown> = {},
  connect?: string,
): Promise<Scanned> {
  const spider = of as SpiderOf<Target>;
  const spiderOptions = readValues(spider.options ?? {}, options);
  const arms = armsOf(spider, spiderOptions);
  return { spider, spiderOptions, arms, type: await statelessTypeOf(spider, arms, connect) };
}

/** A spider for tests, with some members of its own. */
export function spiderOf(members: Partial<SpiderOf<Job>>): Spider {
  return {
    kind: "spider",
    name: "probe",
    version: "1.0.0",
    api: "^1",
    summary: "for tests",
    connect: ["tcpsyn"],
    chains: ["basic", "tcp", "tcpx"],
    arms: [{ name: "plain" }],
    conditions: { "x.works": "it works" },
    conclude: () => ["x.works"],
    ...members,
  } as Spider;
}
