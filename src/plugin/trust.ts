import { Failure } from "../host/failure.ts";
import type { Inspected } from "./inspect.ts";
import type { Origins } from "./origins.ts";
import { cleaned } from "../target/quote.ts";

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
export function asksFor({ known, asks, beyond }: Inspected): string[] {
  const { functions, computed } = known;
  return [
    ...asks,
    `functions: ${functions.join(", ") || "none"}`,
    ...(computed.length > 0 ? [`known only when it runs: ${computed.join(", ")}`] : []),
    ...(beyond.length > 0 ? [`more than it may have without --allow: ${beyond.join(", ")}`] : []),
  ];
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
