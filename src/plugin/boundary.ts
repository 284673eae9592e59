import type { KnownPlugin } from "./known_plugin.ts";

/** The functions of a spider that a worker can be asked to run. */
export const HOOKS = [
  "init",
  "close",
  "arms",
  "skip",
  "preConnect",
  "postConnect",
  "merge",
  "conclude",
  "jobs",
] as const;

/** One of {@linkcode HOOKS}. */
export type SpiderHook = typeof HOOKS[number];

/** What an untrusted plugin must not have, by its place. */
const BEYOND: readonly (readonly [RegExp, string])[] = [
  [/^chains\.\d+/, "a chain as an object, where it can name one that was added"],
  [/^arms\.\d+\.forge/, "an arm that forges packets"],
  [/^arms\.\d+\.connect/, "an arm that connects in a way of its own"],
  [/^arms\.\d+\.system/, "an arm that changes settings of the host"],
  [/^arms\.\d+\.socket\.mark/, "an arm that sets a firewall mark"],
];

/**
 * Why a plugin cannot run in a worker without permissions, as text that follows "it has"; empty
 * when it can.
 */
export function beyond({ data, functions, computed }: KnownPlugin): string[] {
  const places = [...functions, ...computed];
  const list = (name: string) => Array.isArray(data[name]) ? data[name] : [];
  list("chains").forEach((chain, at) => {
    if (typeof chain !== "string") places.push(`chains.${at}`);
  });
  list("arms").forEach((arm, at) => {
    for (const name of Object.keys(arm ?? {})) places.push(`arms.${at}.${name}`);
    for (const name of Object.keys(arm?.socket ?? {})) places.push(`arms.${at}.socket.${name}`);
  });
  return BEYOND.filter(([place]) => places.some((one) => place.test(one))).map(([, what]) => what);
}

/** The sentence that refuses it. */
export function beyondText(what: readonly string[]): string {
  return `it has ${what.join(", and ")}; that takes a local file, or spider plugins add --allow`;
}
