import { EXPERIMENT, type FastOpenOption, KIND } from "./tcp_options.ts";

const NONE = new Uint8Array();

/** What a host remembers of servers and Fast Open, by their addresses (RFC 7413, section 4.1.3). */
export class Cookies {
  readonly #known = new Map<string, FastOpenOption>();

  /**
   * What a SYN to an address has: the cookie, or a request for one.
   *
   * @param forget whether to ask for another one in any case
   */
  ask(address: string, forget: boolean): FastOpenOption {
    if (forget) this.#known.delete(address);
    return this.#known.get(address) ?? { kind: KIND.fastOpen, cookie: NONE };
  }

  /**
   * Notes what a SYN-ACK brought.
   *
   * @param late whether the SYN was sent again before, without the option
   */
  answered(
    address: string,
    asked: FastOpenOption,
    brought: FastOpenOption | null,
    late: boolean,
  ): void {
    if (brought !== null) {
      this.#known.set(address, { ...brought, cookie: brought.cookie.slice() });
    } else if (!late && asked.cookie.length === 0) {
      // Linux asks by the option for experiments next time, and by the other one again after that
      const kind = asked.kind === KIND.fastOpen ? EXPERIMENT : KIND.fastOpen;
      this.#known.set(address, { kind, cookie: NONE });
    }
  }
}
