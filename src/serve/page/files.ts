import { createHash } from "node:crypto";
import { ProblemError } from "../http/problem.ts";

/** The page's files as they were built, by the paths at which they are asked for. */
const FILES = {
  "/": {
    url: new URL("../../page/build/index.html", import.meta.url),
    type: "text/html; charset=utf-8",
  },
  "/page/page.js": {
    url: new URL("../../page/build/page.js", import.meta.url),
    type: "text/javascript; charset=utf-8",
  },
  "/page/page.css": {
    url: new URL("../../page/build/page.css", import.meta.url),
    type: "text/css; charset=utf-8",
  },
  "/page/icon.svg": {
    url: new URL("../../page/build/icon.svg", import.meta.url),
    type: "image/svg+xml",
  },
} as const;

/** A path of a file of the page. */
export type PagePath = keyof typeof FILES;
/** All of them. */
export const PAGE_PATHS = Object.keys(FILES) as readonly PagePath[];

/** The media type of a file. */
export function pageType(path: PagePath): string {
  return FILES[path].type;
}

/** A file as it is answered with. */
export interface PageFile {
  readonly type: string;
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Tells it from other versions (RFC 9110, section 8.8.3). */
  readonly tag: string;
}

const read = new Map<PagePath, PageFile>();

/**
 * A file of the page, which is read once.
 *
 * @throws {ProblemError} 503 when it is not there
 */
export function pageFile(path: PagePath): PageFile {
  let file = read.get(path);
  if (file === undefined) {
    const { url, type } = FILES[path];
    const octets = octetsOf(url);
    const tag = `"${createHash("sha256").update(octets).digest("base64url").slice(0, 22)}"`;
    read.set(path, file = { type, octets, tag });
  }
  return file;
}

function octetsOf(url: URL): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(url);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ProblemError(503, "the page is not built: run `deno task build`");
  }
}
