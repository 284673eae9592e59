import { quote } from "../target/quote.ts";
import { sentence } from "./fault.ts";
import { formFaults } from "./form.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { kind as spider } from "./kind/spider.ts";

/** What is wrong with a spider, in sentences without a full stop; none when nothing is. */
export function spiderProblems(known: KnownPlugin): string[] {
  const { kind } = known.data;
  if (kind !== undefined && kind !== "spider") {
    return [`its kind is ${quote(kind)}, not "spider"`];
  }
  return formFaults(known, spider).map(sentence);
}
