import { isAddress, isLoopback } from "../../host/address.ts";
import type { Config } from "../config/schema.ts";
import { ProblemError } from "./problem.ts";

/** Whether an address to listen on can be reached from this host alone. */
export function isLocal(host: string): boolean {
  return host === "localhost" || isAddress(host) && isLoopback(host);
}

/**
 * Refuses requests for another name than this server's: a page may have its own name lead to an address
 * that only its reader can reach, and then asks from there (DNS rebinding). Where the server can be
 * reached by others it wants a key, and names do not matter.
 *
 * @throws {ProblemError} 421
 */
export function checkHost(request: Request, { host, names }: Config["listen"]): void {
  if (!isLocal(host)) return;
  const name = new URL(request.url).hostname.replace(/^\[|\]$/g, "");
  if (isLocal(name) || names.includes(name)) return;
  throw new ProblemError(421, `this server is not ${name}: name it in listen.names if it is`);
}
