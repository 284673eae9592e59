import type { Chain } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";

/** The hooks of a chain, by name. */
export const HOOKS = ["newFlow", "ip4", "ip6", "icmp4", "icmp6", "tcp", "udp", "l4"] as const;

/** One of {@linkcode HOOKS}. */
export type HookName = typeof HOOKS[number];

interface HookCall {
  readonly chain: Chain;
  readonly hook: (rec: object, header: unknown, rev: boolean) => unknown;
}

/** One hook, of all the chains that have it. */
export class ChainHook {
  readonly #name: HookName;
  readonly #calls: readonly HookCall[];

  constructor(name: HookName, chains: readonly Chain[]) {
    this.#name = name;
    this.#calls = chains.flatMap((chain) => {
      const hook = chain[name] as HookCall["hook"] | undefined;
      return hook === undefined ? [] : [{ chain, hook }];
    });
  }

  /**
   * Calls it, chain after chain; false when any of them said so. What one throws becomes a
   * {@linkcode Failure} that names chain and hook.
   */
  run(rec: object, header: unknown, rev: boolean): boolean {
    let goesOn = true;
    for (const { chain, hook } of this.#calls) {
      try {
        if (hook.call(chain, rec, header, rev) === false) goesOn = false;
      } catch (error) {
        throw new Failure(`the chain ${chain.name} failed in ${this.#name}: ${said(error)}`, {
          cause: error,
        });
      }
    }
    return goesOn;
  }
}

/** What was thrown, with the places in the chain's own code. */
function said(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return String(error);
  const lines = error.stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(import.meta.url));
  return lines.slice(0, ours < 0 ? undefined : ours).join("\n");
}
