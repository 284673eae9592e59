import type { Chain } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";
import { stackOutside } from "../../host/stack.ts";

/** The hooks of a chain, by name. */
export const HOOKS = ["newFlow", "ip4", "ip6", "icmp4", "icmp6", "tcp", "udp", "l4"] as const;

/** One of {@linkcode HOOKS}. */
export type HookName = typeof HOOKS[number];

/** Whether a value can be a hook: a synchronous function. */
export function isPlainFunction(value: unknown): boolean {
  return typeof value === "function" && value.constructor.name === "Function";
}

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
        const thrown = stackOutside(error, import.meta.url);
        throw new Failure(`the chain ${chain.name} failed in ${this.#name}: ${thrown}`, {
          cause: error,
        });
      }
    }
    return goesOn;
  }
}
