import { connectionTypes } from "../connect/registry.ts";
import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { armsOf } from "../measure/arms.ts";
import { SPIDERS } from "../plugin/bundled_spiders.ts";
import { armProblem, spiderProblem, type StatelessType } from "./arm_problem.ts";

/**
 * The connection type that a spider is scanned over: the one that is named, or the first of the
 * spider's over which all arms can be sent as one packet each.
 *
 * @param name that of `--connect`; undefined where it is left out
 * @throws {Failure} when there is none, with what can be scanned, or else be done
 */
export async function statelessTypeOf(
  spider: SpiderOf<Target>,
  arms: readonly Arm<Target>[],
  name?: string,
): Promise<StatelessType> {
  const problem = spiderProblem(spider, arms);
  if (problem !== null) {
    throw new Failure(`the spider ${spider.name} cannot be scanned: ${problem}; use measure`);
  }
  const found = name === undefined ? spider.connect : [name];
  const types = found.flatMap((one) => statelessNamed(spider, one, name !== undefined));
  if (types.length === 0) throw await noneOf(spider);
  const problems = types.map((type) => armsProblem(arms, type));
  const fitting = problems.indexOf(null);
  if (fitting >= 0) return types[fitting]!;
  throw new Failure(
    `${problems[0]}: measure the spider ${spider.name} with \`spider measure\` instead`,
  );
}

/** The type of that name, in a list that is empty where it has no stateless form. */
function statelessNamed(
  { name: spider, connect }: SpiderOf<Target>,
  name: string,
  isAsked: boolean,
): readonly StatelessType[] {
  if (!connect.includes(name)) {
    throw new Failure(
      `the spider ${spider} knows nothing of connect ${name}; it measures over ${
        connect.join(", ")
      }`,
    );
  }
  const type = connectionTypes.get(name);
  if (type?.stateless !== undefined) return [type as StatelessType];
  if (!isAsked) return [];
  const able = [...connectionTypes.values()].filter(({ stateless }) => stateless !== undefined);
  throw new Failure(
    `the connection type ${name} needs connections, of which a scan makes none: choose one of ${
      able.map((one) => one.name).filter((one) => connect.includes(one)).join(", ") ||
      "another spider"
    }, or use measure`,
  );
}

async function noneOf({ name, connect }: SpiderOf<Target>): Promise<Failure> {
  return new Failure(
    `the spider ${name} connects over ${
      connect.join(", ")
    }, of which none can be scanned: use measure, or scan with ${
      (await scannableNames()).join(", ")
    }`,
  );
}

/** What keeps an arm from being sent so, with its name; null when all can be. */
function armsProblem(arms: readonly Arm<Target>[], type: StatelessType): string | null {
  for (const arm of arms) {
    const problem = armProblem(arm, type);
    if (problem !== null) return `the arm ${arm.name} ${problem}`;
  }
  return null;
}

/** Names of the spiders that ship with the program and can be scanned with their usual options. */
export async function scannableNames(): Promise<readonly string[]> {
  // What checks options takes long to load, and is needed for this message alone
  const { readValues } = await import("../plugin/schema/option.ts");
  const found = await Promise.all(
    Object.entries(SPIDERS).map(async ([name, load]) => {
      const spider = (await load()).default as SpiderOf<Target>;
      const arms = armsOf(spider, readValues(spider.options ?? {}, {}));
      return canBeScanned(spider, arms) ? [name] : [];
    }),
  );
  return found.flat();
}

function canBeScanned(spider: SpiderOf<Target>, arms: readonly Arm<Target>[]): boolean {
  return spiderProblem(spider, arms) === null && spider.connect.some((name) => {
    const type = connectionTypes.get(name);
    return type?.stateless !== undefined && armsProblem(arms, type as StatelessType) === null;
  });
}
