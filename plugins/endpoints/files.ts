import { extname } from "node:path";
import type { Beneath, EndpointAnswer, EndpointRequest, HttpEndpoint } from "../../src/mod.ts";
import { rangeOf } from "./files/range.ts";
import { library } from "./shared/library.ts";

/** Types of what runs write, and of what people put beside it. */
const TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".gz": "application/gzip",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/html; charset=utf-8",
  ".ndjson": "application/x-ndjson",
  ".parquet": "application/vnd.apache.parquet",
  ".pcap": "application/vnd.tcpdump.pcap",
  ".pcapng": "application/x-pcapng",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".toml": "application/toml",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
  ".yaml": "application/yaml",
};

/** Pages of a folder do not act as the server's own: their scripts do not run, and they are nobody. */
const PAGE = {
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  "x-content-type-options": "nosniff",
};
/** Markdown that is longer is shown as it is, in octets. */
const LONGEST_MARKDOWN = 1 << 20;

export default {
  kind: "endpoint",
  name: "files",
  version: "1.0.0",
  api: "^1",
  summary: "results and reports in a folder, to read",
  references: ["RFC 9110, section 14"],
  limits: { answer: Number.MAX_SAFE_INTEGER, seconds: 30, concurrency: 64 },
  options: {
    folder: {
      type: "string",
      value: "PATH",
      summary: "the folder, nothing outside which is shown",
    },
    index: {
      type: "string",
      value: "NAME",
      summary: "the file that is shown for a folder, where there is one",
      repeated: true,
      default: "index.html",
    },
    list: { type: "boolean", summary: "show what is in a folder that has no such file" },
  },
  async init({ options: { folder } }) {
    const { Failure } = await library();
    if (typeof folder !== "string") {
      throw new Failure("the plugin files needs a folder to show: options: { folder: PATH }");
    }
    if (!isFolder(folder)) {
      throw new Failure(`the plugin files cannot show ${folder}: it is no folder`);
    }
  },
  async handler(request, { options, route }) {
    const root = await Deno.realPath(String(options.folder)).catch(() => null);
    // The folder itself may be gone by now
    if (root === null) return NONE;
    const { fileIn } = await import("./files/file_in.ts");
    const found = fileIn(root, request.segments, [options.index].flat().map(String));
    if (found === null) return NONE;
    if (found.status.isFile) return await answerWith(found, request);
    using folder = found;
    const address = [route, ...request.segments.map(encodeURIComponent)].join("/");
    // Links of a page in it are from there
    if (!request.path.endsWith("/") && request.path !== "") {
      return [308, undefined, { location: `${address}/` }];
    }
    if (options.list !== true) return NONE;
    const { folderPage } = await import("./files/pages.ts");
    return [200, await folderPage(folder, request.segments), { ...PAGE, ...HTML }];
  },
} satisfies HttpEndpoint;

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // there is none, or it may not be looked at
  }
}

const NONE: EndpointAnswer = [404, { error: "there is no such file" }];
const HTML = { "content-type": "text/html; charset=utf-8" };

async function answerWith(
  file: Beneath,
  { headers }: EndpointRequest,
): Promise<EndpointAnswer> {
  const { path, status: { size } } = file;
  const changed = new Date(file.status.changed);
  const ending = extname(path).toLowerCase();
  const tag = `"${size.toString(36)}-${changed.getTime().toString(36)}"`;
  const sent: Record<string, string> = {
    ...PAGE,
    "content-type": TYPES[ending] ?? "application/octet-stream",
    "accept-ranges": "bytes",
    "cache-control": "no-cache",
    etag: tag,
    "last-modified": changed.toUTCString(),
  };
  if (isUnchanged(headers, tag, changed)) {
    file.close();
    return [304, undefined, { etag: tag, "cache-control": "no-cache" }];
  }
  if (ending === ".md" && size <= LONGEST_MARKDOWN) {
    const text = await new Response(file.octets(0, size)).text();
    delete sent["accept-ranges"];
    const { markdownPage } = await import("./files/pages.ts");
    return [200, markdownPage(text, path), sent];
  }
  if (ending === ".md") sent["content-type"] = "text/plain; charset=utf-8";
  const range = isSame(headers["if-range"], tag) ? rangeOf(headers.range, size) : null;
  if (range === "none") {
    file.close();
    return [416, undefined, { "content-range": `bytes */${size}` }];
  }
  const [first, last] = range ?? [0, size - 1];
  const length = last - first + 1;
  if (range !== null) sent["content-range"] = `bytes ${first}-${last}/${size}`;
  sent["content-length"] = String(length);
  return [range === null ? 200 : 206, file.octets(first, length), sent];
}

/** Whether who asks has it already (RFC 9110, section 13). */
function isUnchanged(headers: EndpointRequest["headers"], tag: string, changed: Date): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) {
    return tags.split(",").some((one) => ["*", tag].includes(one.trim().replace(/^W\//, "")));
  }
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return !Number.isNaN(since) && Math.floor(changed.getTime() / 1000) * 1000 <= since;
}

/** Whether a range is of what is there now; also where nothing is asked about that. */
function isSame(asked: string | undefined, tag: string): boolean {
  return asked === undefined || asked === tag;
}
