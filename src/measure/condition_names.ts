import { LOCALISED } from "../contract/locate.ts";
import { NOT_OBSERVED, type Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";

/**
 * Names of conditions as a spider declares them, where a single capital letter stands for a value, as
 * in `dscp.N.replymark:M`.
 */
class Names {
  readonly #patterns: readonly RegExp[];
  readonly #known = new Set<string>();

  constructor(declared: readonly string[]) {
    this.#patterns = declared.map((name) =>
      // A value before a dash ends at that dash: ambiguous ends would make matching take
      // exponential time
      new RegExp(
        `^${
          name.replaceAll(".", "\\.").replace(
            /\b[A-Z]\b(-?)/g,
            (_, dash: string) => dash === "" ? "[^.:]+" : "[^.:-]+-",
          )
        }$`,
      )
    );
  }

  has(condition: string): boolean {
    if (this.#known.has(condition)) return true;
    if (!this.#patterns.some((pattern) => pattern.test(condition))) return false;
    // With values there is no bound on the names: only those without a value at their end are
    // cached
    if (!condition.includes(":")) this.#known.add(condition);
    return true;
  }
}

/** What the program itself concludes, whatever the spider, with its meaning. */
export const OWN_CONDITIONS = {
  [NOT_OBSERVED]: "there was not enough evidence for a verdict",
  "pathspider.missed_flows:N": "this host did not observe N of the arms",
};

/** The conditions that a spider declares. */
export class ConditionNames {
  /** The spider's name. */
  readonly name: string;
  readonly #declared: Names;
  readonly #doubtful: Names;

  constructor({ name, conditions, confirm = [], locate }: Spider) {
    this.name = name;
    const localised = (locate?.names ?? []).flatMap((begin) =>
      Object.keys(LOCALISED).flatMap((end) => [`${begin}.${end}`, `${begin}.P.${end}`])
    );
    this.#declared = new Names([
      ...Object.keys(conditions),
      ...Object.keys(OWN_CONDITIONS),
      ...localised,
    ]);
    this.#doubtful = new Names(confirm);
  }

  /** Whether a result of the spider may have a condition. */
  has(condition: string): boolean {
    return this.#declared.has(condition);
  }

  /** Throws a {@linkcode Failure} that names the plugin when a condition was not declared. */
  check(conditions: readonly string[]): void {
    for (const condition of conditions) {
      if (this.#declared.has(condition)) continue;
      throw new Failure(
        `the spider ${this.name} emitted "${condition}", which it does not declare: add it to its conditions`,
      );
    }
  }

  /** Those of the conditions that chance can cause, and that a second measurement must confirm. */
  doubtful(conditions: readonly string[]): readonly string[] {
    return conditions.filter((condition) => this.#doubtful.has(condition));
  }
}
