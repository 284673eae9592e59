import type { Arm } from "../../contract/arm.ts";
import type { Job } from "../../contract/job.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { Spider } from "../../contract/spider.ts";
import { Failure } from "../../host/failure.ts";
import { beyond, beyondText, HOOKS, type SpiderHook } from "../boundary.ts";
import { from, provenanceOf } from "../provenance.ts";
import { storedTests, withTests } from "../stored_tests.ts";
import { isLine } from "../text.ts";
import type { Described } from "./message.ts";
import { withOctets } from "./octets.ts";
import type { Sandbox } from "./sandbox.ts";

/** Limit of arms: each needs sockets for every target. */
const MOST_ARMS = 256;

/** Limit of conditions of a target. */
const MOST_CONDITIONS = 1000;

/** The form of a worker's answers, which are untrusted. */
type ReplyCheck = (value: unknown) => boolean;

const ANSWERS: Readonly<Record<SpiderHook, readonly [ReplyCheck, string]>> = {
  init: [() => true, ""],
  close: [() => true, ""],
  arms: [(value) => Array.isArray(value) && value.length <= MOST_ARMS, "a list of arms"],
  skip: [(value) => value === null || isLine(value), "a text or null"],
  preConnect: [() => true, ""],
  postConnect: [() => true, ""],
  merge: [(value) => isRecord(value), "an object that JSON can hold"],
  conclude: [
    (value) => Array.isArray(value) && value.length <= MOST_CONDITIONS && value.every(isLine),
    `a list of at most ${MOST_CONDITIONS} conditions`,
  ],
  jobs: [
    (value) => Array.isArray(value) && value.every((job) => isRecord(job) && isLine(job.dip)),
    "a list of jobs",
  ],
};

/**
 * A spider whose functions run in a worker: its data here, its functions as asynchronous calls. The
 * engine awaits every answer of a plugin, so it accepts both. Where its arms are a function,
 * {@linkcode settle} it first.
 */
export function sandboxedSpider(
  { data, functions, tests }: Described,
  sandbox: () => Sandbox,
): Spider {
  const hooks = HOOKS.filter((hook) => functions.includes(hook));
  const calls = hooks.map((hook) => {
    const call = async (...args: unknown[]) => {
      // The worker has helpers of its own; the second argument of conclude is not sent
      const sent = hook === "conclude" ? [args[0], args[2]] : args;
      const answer = await sandbox().call(hook, sent);
      const [fits, wanted] = ANSWERS[hook];
      if (fits(answer)) return answer;
      throw new Failure(`the plugin ${spider.name} must answer ${hook} with ${wanted}`);
    };
    return [hook, call] as const;
  });
  const spider = {
    ...withOctets(data) as object,
    ...Object.fromEntries(calls),
  } as unknown as Spider;
  sandboxes.set(spider, sandbox);
  return withTests(withOctets(tests), spider);
}

/** A spider with other members in the place of its own; what is known of where it runs stays. */
export function withMembers(
  spider: Spider,
  members: Partial<Pick<Spider, "chains"> & { readonly arms: readonly Arm[] }>,
): Spider {
  const changed = withTests(
    storedTests(spider),
    from(provenanceOf(spider), { ...spider, ...members } as Spider),
  );
  const sandbox = sandboxes.get(spider);
  if (sandbox !== undefined) sandboxes.set(changed, sandbox);
  return changed;
}

/** The workers of spiders that run in one. */
const sandboxes = new WeakMap<Spider, () => Sandbox>();

/**
 * Starts the worker of a spider that runs in one, before time counts, and asks it for the arms where
 * these depend on options. Any other spider is as it was.
 *
 * @throws {Failure} when it cannot be run so
 */
export async function withOptions(spider: Spider, options: OptionValues): Promise<Spider> {
  const sandbox = sandboxes.get(spider);
  if (sandbox === undefined) return spider;
  await sandbox().described;
  if (typeof spider.arms !== "function") return spider;
  const answer = await (spider.arms(options) as unknown as Promise<readonly Arm[]>);
  const arms = withOctets(answer) as readonly Arm[];
  const { schemaFaults } = await import("../form.ts");
  const { armList } = await import("../schema/arm.ts");
  const faults = schemaFaults(armList, arms, "arms");
  if (faults.length > 0) {
    const said = faults.map(({ place, text }) => `arms.${place} ${text}`).join("; ");
    throw new Failure(`the plugin ${spider.name} returns invalid arms: ${said}`);
  }
  const more = beyond({ data: { arms }, functions: [], computed: [] });
  if (more.length > 0) {
    throw new Failure(`the plugin ${spider.name} cannot run: ${beyondText(more)}`);
  }
  return withMembers(spider, { arms });
}

function isRecord(value: unknown): value is Partial<Job> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false; // a BigInt, or a circle
  }
}
