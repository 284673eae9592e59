import { Failure } from "../host/failure.ts";
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
 * Fetches one module. Redirects are followed to the same scheme only. The content type is not
 * looked at: many servers call TypeScript a video.
 *
 * @throws {FetchFailure} when it cannot be fetched, is too large, or takes longer than `signal`
 *   allows
 */
export async function fetchModule(url: string, signal: AbortSignal): Promise<Fetched> {
  const seen = new Set<string>();
  for (let at = new URL(url);;) {
    if (seen.has(at.href)) throw new FetchFailure(`${url} redirects in a circle, by ${at.href}`);
    if (seen.size > REDIRECTS) {
      throw new FetchFailure(`${url} redirects more than ${REDIRECTS} times`);
    }
    seen.add(at.href);
    const response = await attempt(
      at.href,
      signal,
      () => fetch(at, { redirect: "manual", signal, headers: { accept: "*/*" } }),
    );
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      at = redirected(at, location);
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new FetchFailure(
        `${at.href} is not served: the answer is ${response.status} ${response.statusText}`
          .trimEnd(),
      );
    }
    const octets = await attempt(at.href, signal, () => readBody(at.href, response));
    if (isPage(octets)) throw new FetchFailure(`${at.href} is a web page (HTML), not code`);
    return { url: at.href, octets };
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from);
  if (to === null) throw new FetchFailure(`${from.href} redirects to what is not a URL`);
  if (to.protocol !== from.protocol) {
    throw new FetchFailure(`${from.href} redirects to ${to.href}, which is another scheme`);
  }
  const problem = urlProblem(to);
  if (problem !== null) throw new FetchFailure(`${from.href} redirects to ${to.href}: ${problem}`);
  to.hash = "";
  return to;
}

/** Reads a whole body, up to the size limit of a module. */
async function readBody(url: string, response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    // Leaving the loop cancels the body
    if (size > MODULE_SIZE) throw new FetchFailure(`${url} is larger than a module may be, 1 MB`);
    parts.push(part);
  }
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
    const said = error instanceof Error ? error.message : String(error);
    throw new FetchFailure(`${url} cannot be reached: ${said}`, { cause: error });
  }
}
