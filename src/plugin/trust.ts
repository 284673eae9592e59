import { Failure } from "../host/failure.ts";
import { conditionPrefixes } from "./condition_prefixes.ts";
import type { Inspected } from "./inspect.ts";
import type { Origins } from "./origins.ts";
import { cleaned, quote } from "../target/quote.ts";

/** How to ask whether code may run. */
export interface Consent {
  /** `--trust` was given. */
  readonly trust: boolean;
  /** Shows lines to the user. */
  tell(text: string): void;
  /** Asks for yes or no; null without a terminal. */
  ask(question: string): boolean | null;
}

/** What is shown of a plugin before it may run: where from, every module, and what it asks for. */
export function trustText(
  url: string,
  plugin: Inspected,
  allow: boolean,
  { used }: Origins,
): string {
  const { graph, kind, name, version, summary } = plugin;
  const size = Math.max(...graph.modules.map(({ octets }) => String(octets.length).length));
  return [
    `${url}`,
    `  ${kind} ${name} ${version}: ${summary}`,
    `  sha256=${graph.sha256}`,
    ...graph.modules.map(({ url, sha256, octets }) =>
      `    ${sha256}  ${String(octets.length).padStart(size)} octets  ${url}`
    ),
    ...(used.length === 0 ? [] : [`  code from other servers too: ${used.join(", ")}`]),
    ...asksFor(plugin).map((line) => `  ${line}`),
    allow
      ? "  It will run with all that spider itself may do on this host (--allow)."
      : "  It runs without files, network, environment, processes and libraries of its own.",
  ].map(cleaned).join("\n");
}

/** What a plugin asks for, as its source says, a line each. */
export function asksFor({ known, kind, beyond }: Inspected): string[] {
  const { data, functions, computed } = known;
  const lines: string[] = [];
  const end = () => {
    lines.push(`functions: ${functions.join(", ") || "none"}`);
    if (computed.length > 0) lines.push(`known only when it runs: ${computed.join(", ")}`);
    if (beyond.length > 0) {
      lines.push(`more than it may have without --allow: ${beyond.join(", ")}`);
    }
    return lines;
  };
  if (kind === "chain") {
    lines.push("sees: every packet that is observed with it");
    lines.push(`fields: ${Object.keys(Object(data.fields)).join(", ") || "none that can be read"}`);
    return end();
  }
  const names = (value: unknown) =>
    (Array.isArray(value) ? value : []).map((one) =>
      typeof one === "string" ? one : quote(one?.name ?? "without a name")
    ).join(", ");
  lines.push(`connects with: ${names(data.connect) || "known only when it runs"}`);
  lines.push(`chains: ${names(data.chains) || "none that can be read"}`);
  for (const arm of Array.isArray(data.arms) ? data.arms : []) {
    const { name, ...rest } = arm ?? {};
    lines.push(`arm ${quote(name)}: ${plainText(rest)}`);
  }
  const others = conditionPrefixes(known).filter((prefix) => prefix !== data.name);
  if (others.length > 0) lines.push(`conditions in other names: ${others.join(", ")}`);
  return end();
}

function plainText(value: object): string {
  return Object.keys(value).length === 0 ? "a plain connection" : JSON.stringify(value);
}

/**
 * Asks whether a plugin may run. Returns when it may.
 *
 * @throws {Failure} when it may not
 */
export function obtainConsent(
  url: string,
  shown: string,
  question: string,
  { trust, tell, ask }: Consent,
): void {
  tell(shown);
  if (trust) return;
  const answer = ask(question);
  if (answer === true) return;
  throw new Failure(
    answer === null
      ? `${url} is not trusted yet: look at it, then add --trust`
      : `${url} is not trusted, so nothing of it was run`,
  );
}
