import type { PluginKind } from "../contract/manifest.ts";
import { quote } from "../target/quote.ts";
import { sentence } from "./fault.ts";
import { formFaults, type KnownPlugin } from "./form.ts";
import { kind as chain } from "./kind/chain.ts";
import { kind as spider } from "./kind/spider.ts";

/** What is wrong with a spider, in sentences without a full stop; none when nothing is. */
export function spiderProblems(known: KnownPlugin): string[] {
  const { kind } = known.data;
  if (kind !== undefined && kind !== "spider") {
    return [`its kind is ${quote(kind)}, not "spider"`];
  }
  return formFaults(known, spider).map(sentence);
}

/** What is wrong with a chain, in the same way. */
function chainProblems(known: KnownPlugin): string[] {
  return formFaults(known, chain).map(sentence);
}

/** What is wrong with a plugin of a kind, in the same way; one of an unknown kind is no spider. */
export function problemsOf(kind: PluginKind | null, known: KnownPlugin): string[] {
  return kind === "chain" ? chainProblems(known) : spiderProblems(known);
}
