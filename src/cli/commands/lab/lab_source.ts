import { basename } from "node:path";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type InputStream } from "../../../host/streams.ts";
import { labName } from "../../../lab/file/lab_file.ts";
import { openInput } from "../../../target/input.ts";
import { readText } from "../../../target/text.ts";

/** The text of a file that describes a lab. */
export interface LabSource {
  readonly text: string;
  /** The file's name, for messages. */
  readonly file: string;
  /** What the lab is called where the file does not say. */
  readonly name: string;
}

/** Characters that are read at most: more than a description may have. */
const MOST = 1 << 21;

/**
 * Reads the file that describes a lab, or standard input.
 *
 * @throws {Failure} when it cannot be read
 */
export async function labSource(path: string, stdin: InputStream): Promise<LabSource> {
  const { stream, name } = await openInput(fileOrStream(path, stdin));
  let text = "";
  for await (const chunk of readText(stream, name)) {
    text += chunk;
    if (text.length > MOST) break;
  }
  return { text, file: name, name: nameFrom(path) };
}

/** The name of a file without its ending, as far as it can be the name of a lab. */
function nameFrom(path: string): string {
  if (path === STANDARD) return "lab";
  const name = basename(path).replace(/\.[^.]*$/, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
  return labName.safeParse(name).success ? name : "lab";
}
