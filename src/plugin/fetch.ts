import ipaddr from "ipaddr.js";
import type { LookupAddress } from "node:dns";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import { Failure } from "../host/failure.ts";
import { cleaned } from "../target/quote.ts";
import type { Origins } from "./origins.ts";
import { urlProblem } from "./source.ts";

/** The largest module, in octets. */
const MODULE_SIZE = 1 << 20;
/** Redirects that are followed for one module. */
const REDIRECTS = 5;

/** A module could not be fetched: the server is not reachable, or does not serve it. */
export class FetchFailure extends Failure {}

/** A fetched module. */
export interface Fetched {
  /** Where it was found, after redirects. */
  readonly url: string;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/**
 * Fetches the modules of one plugin, from the servers that they may come from. Where the first one
 * came from a public address, no other address is asked: a plugin of the Internet's could else have
 * this host send requests into its own networks. Proxies are not used, since only who connects knows
 * the address.
 */
export class Fetcher {
  readonly #origins: Origins;
  /** Whether the first answer came from a public address; null before it has come. */
  #public: boolean | null = null;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /**
   * Fetches one module; the plugin's own is to be the first. The content type is not looked at: many
   * servers call TypeScript a video.
   *
   * @throws {FetchFailure} when it cannot be fetched, is too large, or takes longer than `signal`
   *   allows
   * @throws {Failure} when it is redirected to where it may not come from
   */
  async fetch(url: string, signal: AbortSignal): Promise<Fetched> {
    const seen = new Set<string>();
    for (let at = new URL(url);;) {
      if (seen.has(at.href)) throw new FetchFailure(`${url} redirects in a circle, by ${at.href}`);
      if (seen.size > REDIRECTS) {
        throw new FetchFailure(`${url} redirects more than ${REDIRECTS} times`);
      }
      seen.add(at.href);
      const answer = await attempt(at.href, signal, () => this.#ask(at, signal));
      const { statusCode = 0, statusMessage = "", headers: { location } } = answer;
      if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
        answer.destroy();
        at = this.#redirected(at, location);
        continue;
      }
      if (statusCode < 200 || statusCode >= 300) {
        answer.destroy();
        throw new FetchFailure(
          `${at.href} is not served: the answer is ${statusCode} ${cleaned(statusMessage)}`
            .trimEnd(),
        );
      }
      const packed = answer.headers["content-encoding"] ?? "identity";
      if (packed !== "identity") {
        answer.destroy();
        throw new FetchFailure(
          `${at.href} is served packed (${cleaned(packed)}), which was not asked for`,
        );
      }
      const octets = await attempt(at.href, signal, () => readBody(at.href, answer));
      if (isPage(octets)) throw new FetchFailure(`${at.href} is a web page (HTML), not code`);
      return { url: at.href, octets };
    }
  }

  async #ask(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const { get } = url.protocol === "https:"
      ? await import("node:https")
      : await import("node:http");
    const { hostname } = url;
    const literal = hostname.replace(/^\[(.*)\]$/, "$1");
    if (this.#public && ipaddr.isValid(literal) && !isPublic(literal)) throw inward(url.host);
    const options: RequestOptions = {
      signal,
      agent: false,
      headers: { accept: "*/*", "accept-encoding": "identity" },
      lookup: this.#lookup(),
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get(url, options, resolve).on("error", reject);
    const answer = await promise;
    // A connection that has broken already does not tell its address
    const { remoteAddress } = answer.socket;
    this.#public ??= remoteAddress === undefined || isPublic(remoteAddress);
    return answer;
  }

  /** The addresses of a name that may be asked: what is looked up here is what is connected to. */
  #lookup(): LookupFunction {
    return (name, options, done) => {
      import("node:dns").then(({ lookup }) =>
        lookup(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
          if (error !== null) return done(error, []);
          const usable = this.#public ? found.filter(({ address }) => isPublic(address)) : found;
          done(usable.length > 0 ? null : inward(name), usable);
        })
      );
    };
  }

  #redirected(from: URL, location: string): URL {
    const to = URL.parse(location, from);
    if (to === null) throw new FetchFailure(`${from.href} redirects to what is not a URL`);
    to.hash = "";
    const where = `${from.href} redirects to ${to.href}`;
    if (to.protocol !== from.protocol) throw new FetchFailure(`${where}, which is another scheme`);
    const problem = urlProblem(to);
    if (problem !== null) throw new FetchFailure(`${where}: ${problem}`);
    const elsewhere = this.#origins.problem(to);
    if (elsewhere !== null) throw new Failure(`${where}: ${elsewhere}`);
    return to;
  }
}

/** Whether an address is one of the Internet's (RFC 6890 and the like), also as IPv4 in IPv6. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  // NAT64, by which a host without IPv4 reaches it (RFC 6052)
  if (range === "rfc6052") return isPublic(parsed.toByteArray().slice(12).join("."));
  return range === "unicast";
}

function inward(host: string): Failure {
  return new FetchFailure(
    `${cleaned(host)} has no public address, and the plugin came from one: nothing in private ` +
      "networks is asked for it",
  );
}

/** Reads a whole body, up to the size limit of a module. */
async function readBody(url: string, answer: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Leaving the loop ends the connection
    if (size > MODULE_SIZE) throw new FetchFailure(`${url} is larger than a module may be, 1 MB`);
    parts.push(part);
  }
  if (!answer.complete) throw new FetchFailure(`${url} breaks off`);
  const octets = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

/** TypeScript never begins with `<` and a letter or `!`, except for a cast without effect. */
function isPage(octets: Uint8Array): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(
    new TextDecoder().decode(octets.subarray(0, 512)),
  );
}

async function attempt<T>(url: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw new FetchFailure(`${url} takes too long to come`, { cause: error });
    throw new FetchFailure(`${url} cannot be reached: ${reason(error)}`, { cause: error });
  }
}

/** Why a connection failed, from the first of its errors: there may be one for each address. */
function reason(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  return cleaned(first instanceof Error ? first.message : String(first));
}
