import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { HOOKS } from "./boundary.ts";
import { spiderProblems } from "./manifest_check.ts";

/**
 * Checks what a module that was run exports. One without a name is called `name`.
 *
 * @throws {Failure} that says all that is missing or wrong
 */
export function checkSpider(value: unknown, name: string, where: string): Spider {
  if (typeof value !== "object" || value === null) {
    throw new Failure(`${where} is not a spider: its default export is no object`);
  }
  const spider = { name, ...value } as Record<string, unknown>;
  const functions = HOOKS.filter((hook) => typeof spider[hook] === "function");
  const problems = spiderProblems({ data: spider, functions, computed: [] });
  if (problems.length > 0) throw new Failure(`${where} is not a spider: ${problems.join("; ")}`);
  return "name" in value ? value as unknown as Spider : spider as unknown as Spider;
}
