import { LOCALISED } from "../contract/locate.ts";
import type { OptionValues } from "../contract/option.ts";
import { NOT_OBSERVED, type SpiderOf } from "../contract/spider.ts";
import type { Target } from "../contract/job.ts";
import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";

/** The longest condition, in characters. */
const LONGEST = 500;
/** How many conditions with values are remembered. */
const REMEMBERED = 1000;
/** In how many ways a name is spelled out; beyond, its letters stand for any value. */
const MOST_SPELLED = 1000;

/** A declared name, with what its letters stand for. */
interface Pattern {
  readonly declared: string;
  /** As it is shown: letters are left where any value may stand. */
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

  constructor(patterns: readonly Pattern[]) {
    const own = ({ literals }: Pattern) => literals.join("").length;
    this.#patterns = patterns.filter(({ literals }) => literals.length > 1)
      .sort((one, other) => own(other) - own(one));
    this.#known = new Map(
      patterns.filter(({ literals }) => literals.length === 1)
        .map(({ declared, literals }) => [literals[0]!, declared]),
    );
  }

  /** The declared name of a condition; undefined when it has none. */
  of(condition: string): string | undefined {
    const known = this.#known.get(condition);
    if (known !== undefined) return known;
    if (condition.length > LONGEST || /\p{C}/u.test(condition)) return undefined;
    const name = this.#patterns.find((pattern) => fits(condition, pattern))?.declared;
    // With values there is no bound on the conditions
    if (name !== undefined && this.#remembered++ < REMEMBERED) this.#known.set(condition, name);
    return name;
  }
}

/** Values that letters stand for; one that is missing stands for any value. */
type LetterValues = Readonly<Record<string, readonly string[]>>;

/** A declared name with the values of its letters in their place, in all combinations. */
function spelled(declared: string, values: LetterValues): Pattern[] {
  const [first, ...others] = declared.split(/\b([A-Z])\b/);
  let all: Pattern[] = [{ declared, name: first!, literals: [first!] }];
  for (let at = 0; at < others.length; at += 2) {
    const [letter, literal] = [others[at]!, others[at + 1]!];
    const texts = Object.hasOwn(values, letter) ? values[letter]! : [];
    all = texts.length === 0 || texts.length * all.length > MOST_SPELLED
      ? all.map(({ name, literals }) => ({
        declared,
        name: name + letter + literal,
        literals: [...literals, literal],
      }))
      : all.flatMap(({ name, literals }) =>
        texts.map((text) => ({
          declared,
          name: name + text + literal,
          literals: literals.with(-1, literals.at(-1)! + text + literal),
        }))
      );
  }
  return all;
}

/** What the letters of a spider stand for. */
function letterValues({ letters = {} }: Pick<SpiderOf<Target>, "letters">, options: OptionValues) {
  const values = Object.entries(letters).flatMap(([letter, name]) => {
    const value = options[name];
    if (value === undefined) return [];
    const all = Array.isArray(value) ? value : [value];
    return [[letter, [...new Set(all.map(String))]] as const];
  });
  return Object.fromEntries(values);
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

/** The conditions that a spider can give with its options. */
export class ConditionNames {
  /** The spider's name. */
  readonly name: string;
  /** Those that it declares, with what its options say in place of letters. */
  readonly known: readonly string[];
  readonly #declared: Names;
  readonly #localised: ReadonlySet<string>;
  readonly #doubtful: ReadonlySet<string>;

  constructor(spider: SpiderOf<Target>, options: OptionValues) {
    const { name, conditions, confirm = [], locate } = spider;
    this.name = name;
    const localised = (locate?.names ?? []).flatMap((begin) =>
      Object.keys(LOCALISED).flatMap((end) => [`${begin}.${end}`, `${begin}.P.${end}`])
    );
    const values = letterValues(spider, options);
    const patterns = (names: readonly string[]) => names.flatMap((name) => spelled(name, values));
    const own = patterns(Object.keys(conditions));
    this.#declared = new Names([
      ...own,
      ...patterns(Object.keys(OWN_CONDITIONS)),
      ...patterns(localised),
    ]);
    this.#localised = new Set(localised);
    this.known = own.map(({ name }) => name);
    this.#doubtful = new Set(confirm);
  }

  /** Whether a result of the spider may have a condition. */
  has(condition: string): boolean {
    return this.#declared.of(condition) !== undefined;
  }

  /** Whether it is one that localisation adds. */
  isLocalised(condition: string): boolean {
    const name = this.#declared.of(condition);
    return name !== undefined && this.#localised.has(name);
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
