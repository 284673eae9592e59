import { jsonText } from "../../host/json_text.ts";
import { z } from "zod";
import type { TimeSpan } from "./time_span.ts";

/** The metadata of a file in a Path Transparency Observatory (its API, "Raw Data Access"). */
export type Metadata = Readonly<Record<string, unknown>>;

/** The observatory's file type for our results, packed with bzip2 as they are uploaded. */
export const FILE_TYPE = "pathspider-v2-ndjson-bz2";

/** Suffix of the name of a results file for that of its metadata. */
export const SUFFIX = ".meta.json";

/** Prefix of keys that the observatory sets itself. */
const VIRTUAL = "__";

/** The metadata of results. Tags come last and may replace other keys. */
export function metadataOf(
  span: TimeSpan,
  owner: string,
  fileType: string,
  tags: Metadata,
): Metadata {
  return {
    _file_type: fileType,
    _owner: owner,
    _time_start: timeText(span.from),
    _time_end: timeText(span.to),
    ...tags,
  };
}

/** The text of a metadata file. */
export function metadataText(metadata: Metadata): string {
  return jsonText(metadata, 2) + "\n";
}

/**
 * Reads tags as they are given on a command line, `TAG:VALUE`; a value may hold colons.
 *
 * @returns the tags, or the problem with one as a short sentence
 */
export function readTags(texts: readonly string[]): Metadata | string {
  const tags = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf(":");
    const tag = text.slice(0, Math.max(at, 0));
    if (tag === "") return `${text} is not TAG:VALUE`;
    if (tag.startsWith(VIRTUAL)) return `${tag}: what begins with ${VIRTUAL} is made by the server`;
    if (tags.has(tag)) return `${tag} is given twice`;
    tags.set(tag, text.slice(at + 1));
  }
  return Object.fromEntries(tags);
}

/** Reads a metadata file, or a server's answer. Null when it is not a JSON object. */
export function readMetadata(text: string): Metadata | null {
  try {
    const result = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** RFC 3339 in UTC, without a fraction where there is none. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
