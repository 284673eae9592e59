import { isAddress } from "../host/address.ts";
import { HostResolveError } from "./errors.ts";
import type { Address } from "./probe_options.ts";

/** Turns names into addresses, each once for each IP version, also when many ask at the same time. */
export class Resolver {
  readonly #found = new Map<string, Promise<Address>>();

  /**
   * The address of a host: at once when it is one already.
   *
   * @throws {HostResolveError} when it has none of that version
   */
  resolve(host: string, version?: 4 | 6): Address | Promise<Address> {
    if (version !== undefined && version !== 4 && version !== 6) {
      throw new RangeError(`ipVersion must be 4 or 6, not ${version}`);
    }
    if (isAddress(host)) {
      const own = host.includes(":") ? 6 : 4;
      if (version === undefined || version === own) return { text: host, version: own };
      throw new HostResolveError(`${host} is not an IPv${version} address: leave out the version`);
    }
    const key = `${version ?? ""} ${host}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = lookUp(host, version);
      this.#found.set(key, found);
      // A server that does not answer now may answer later
      found.catch(() => this.#found.delete(key));
    }
    return found;
  }

  /** Forgets every name. */
  clear(): void {
    this.#found.clear();
  }
}

async function lookUp(host: string, version: 4 | 6 | undefined): Promise<Address> {
  // The system's resolver, which also reads /etc/hosts; loaded only when names are used.
  const { lookup } = await import("node:dns/promises");
  try {
    const { address, family } = await lookup(host, { family: version ?? 0, verbatim: true });
    // For an empty name it returns null
    if (typeof address === "string") return { text: address, version: family === 6 ? 6 : 4 };
    throw new HostResolveError("an empty text is no host: give a name or an address");
  } catch (error) {
    if (error instanceof HostResolveError) throw error;
    const kind = version === undefined ? "address" : `IPv${version} address`;
    throw new HostResolveError(`${host} has no ${kind}: check the name`, { cause: error });
  }
}
