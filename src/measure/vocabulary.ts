import { Failure } from "../host/failure.ts";
import { NOT_OBSERVED, type Spider } from "../contract/spider.ts";

/**
 * Checks that a spider emits only conditions that it declares. In a declared name a single capital
 * letter stands for a value, as in `dscp.N.replymark:M`.
 */
export class Vocabulary {
  readonly #spider: string;
  readonly #patterns: readonly RegExp[];
  readonly #known = new Set<string>([NOT_OBSERVED]);

  constructor(spider: Spider) {
    this.#spider = spider.name;
    this.#patterns = Object.keys(spider.conditions).map((name) =>
      new RegExp(`^${name.replaceAll(".", "\\.").replace(/\b[A-Z]\b/g, "[^.:]+")}$`)
    );
  }

  /** Throws a {@linkcode Failure} that names the plugin when a condition was not declared. */
  check(conditions: readonly string[]): void {
    for (const condition of conditions) {
      if (this.#known.has(condition)) continue;
      if (!this.#patterns.some((pattern) => pattern.test(condition))) {
        throw new Failure(
          `the spider ${this.#spider} emitted "${condition}", which it does not declare: add it to its conditions`,
        );
      }
      // Values make names without end: only those that are declared literally are remembered
      if (!condition.includes(":")) this.#known.add(condition);
    }
  }
}
