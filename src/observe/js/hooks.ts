import type { Chain } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";
import { stackOutside } from "../../host/stack.ts";

/** The hooks of a chain, by name. */
export const HOOKS = ["newFlow", "ip4", "ip6", "icmp4", "icmp6", "tcp", "udp", "l4"] as const;

/** One of {@linkcode HOOKS}. */
export type HookName = typeof HOOKS[number];

/** Whether a value can be a hook: a synchronous function. */
export function isPlainFunction(value: unknown): boolean {
  // Each sort of function has a prototype of its own
  return typeof value === "function" && Object.getPrototypeOf(value) === Function.prototype;
}

/** What a hook threw, as its cause, with the hook's name. */
export class HookFailure extends Failure {
  readonly hook: HookName;

  constructor(chain: string, hook: HookName, thrown: unknown) {
    super(`the chain ${chain} failed in ${hook}: ${stackOutside(thrown, import.meta.url)}`, {
      cause: thrown,
    });
    this.hook = hook;
  }
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
   * {@linkcode HookFailure}.
   */
  run(rec: object, header: unknown, rev: boolean): boolean {
    let goesOn = true;
    for (const { chain, hook } of this.#calls) {
      try {
        if (hook.call(chain, rec, header, rev) === false) goesOn = false;
      } catch (error) {
        throw new HookFailure(chain.name, this.#name, error);
      }
    }
    return goesOn;
  }
}
