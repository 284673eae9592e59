/** Lookups at once. */
const AT_ONCE = 32;

/** Characters of the longest name, with the dot at its end (RFC 1035, section 2.3.4). */
const LONGEST = 254;

/** Names of addresses, looked up in the background, each once. */
export class ReverseNames {
  readonly #names = new Map<string, string | null>();
  readonly #waiting: string[] = [];
  readonly #running = new Set<Promise<void>>();

  /** The name, if it is known by now; an address that is new begins to be looked up. */
  of(address: string): string | null {
    const known = this.#names.get(address);
    if (known !== undefined) return known;
    this.#names.set(address, null);
    this.#waiting.push(address);
    this.#next();
    return null;
  }

  /** Waits until all is looked up, up to a time limit in milliseconds. */
  async lookedUp(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), milliseconds);
    });
    while (this.#running.size > 0) {
      if (await Promise.race([...this.#running, late]) === "late") break;
    }
    clearTimeout(timer);
  }

  #next(): void {
    while (this.#running.size < AT_ONCE && this.#waiting.length > 0) {
      const address = this.#waiting.shift()!;
      const running = this.#lookUp(address).finally(() => {
        this.#running.delete(running);
        this.#next();
      });
      this.#running.add(running);
    }
  }

  async #lookUp(address: string): Promise<void> {
    const { lookupService } = await import("node:dns/promises");
    try {
      const { hostname } = await lookupService(address, 0);
      if (hostname !== address && isName(hostname)) this.#names.set(address, hostname);
    } catch {
      return; // Most routers have no name
    }
  }
}

/**
 * Whether what a server gave is a name. A pointer to `.` says that there is none; other texts come
 * from the owner of the address, and may not be names.
 */
function isName(text: string): boolean {
  return text.length <= LONGEST && /[^.]/.test(text) && !/[\s\p{C}]/u.test(text);
}
