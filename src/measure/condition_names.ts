import { LOCALISED } from "../contract/locate.ts";
import { NOT_OBSERVED, type Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";

/** The longest condition, in characters. */
const LONGEST = 500;
/** How many conditions with values are remembered. */
const REMEMBERED = 1000;

/** A declared name, cut where values stand. */
interface Pattern {
  readonly name: string;
  /** What stands around the values, in order: one more than there are values. */
  readonly literals: readonly string[];
}

/**
 * Names of conditions as a spider declares them, where a single capital letter stands for a value, as
 * in `dscp.N.replymark:M`. A value is any text of at least one character, `0.5`, `TLS 1.3` or
 * `10.0.0.1`; where one condition fits several names, it is of the one with the most of its own.
 */
class Names {
  readonly #patterns: readonly Pattern[];
  readonly #known: Map<string, string>;
  #remembered = 0;

  constructor(declared: readonly string[]) {
    const patterns = declared.map((name) => ({ name, literals: name.split(/\b[A-Z]\b/) }));
    const own = ({ literals }: Pattern) => literals.join("").length;
    this.#patterns = patterns.filter(({ literals }) => literals.length > 1)
      .sort((one, other) => own(other) - own(one));
    this.#known = new Map(
      patterns.filter(({ literals }) => literals.length === 1).map(({ name }) => [name, name]),
    );
  }

  /** The declared name of a condition; undefined when it has none. */
  of(condition: string): string | undefined {
    const known = this.#known.get(condition);
    if (known !== undefined) return known;
    if (condition.length > LONGEST || /\p{C}/u.test(condition)) return undefined;
    const name = this.#patterns.find((pattern) => fits(condition, pattern))?.name;
    // With values there is no bound on the conditions
    if (name !== undefined && this.#remembered++ < REMEMBERED) this.#known.set(condition, name);
    return name;
  }
}

/** Whether a condition has all literals in order, with something between two of them. */
function fits(condition: string, { literals }: Pattern): boolean {
  const [first, ...others] = literals as [string, ...string[]];
  const last = others.pop()!;
  if (!condition.startsWith(first)) return false;
  let at = first.length;
  // Each as early as it can be leaves the most for the others
  for (const literal of others) {
    const found = condition.indexOf(literal, at + 1);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return condition.endsWith(last) && condition.length - last.length > at;
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
  readonly #doubtful: ReadonlySet<string>;

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
    this.#doubtful = new Set(confirm);
  }

  /** Whether a result of the spider may have a condition. */
  has(condition: string): boolean {
    return this.#declared.of(condition) !== undefined;
  }

  /** Throws a {@linkcode Failure} that names the plugin when a condition was not declared. */
  check(conditions: readonly string[]): void {
    for (const condition of conditions) {
      if (this.#declared.of(condition) !== undefined) continue;
      throw new Failure(
        `the spider ${this.name} emitted ${
          quote(condition)
        }, which it does not declare: add it to its conditions`,
      );
    }
  }

  /** Those of the conditions that chance can cause, and that a second measurement must confirm. */
  doubtful(conditions: readonly string[]): readonly string[] {
    return conditions.filter((condition) => {
      const name = this.#declared.of(condition);
      return name !== undefined && this.#doubtful.has(name);
    });
  }
}
