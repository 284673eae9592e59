import { basename } from "node:path";
import { jsonText } from "../../../host/json_text.ts";
import { pack, type Packed } from "../../../host/bzip2.ts";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { FILE_TYPE, type Metadata, readMetadata, SUFFIX } from "../../../result/pto/metadata.ts";
import { packedBody } from "../../../result/pto/packed_body.ts";
import { isApiKey, isInTheClear, observatoryUrl } from "../../../result/pto/server.ts";
import { upload } from "../../../result/pto/upload.ts";
import { writeText } from "../../../result/write_whole.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { count, counted } from "../../../host/quantity.ts";
import { type Tell, teller } from "../../terminal/tell.ts";
import { KEY_VARIABLE, type UploadInvocation } from "./options.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { metadataOfFile, openResults, tagsOf, withoutGzip } from "../metadata/results_metadata.ts";

/** How long to wait before the first retry, in milliseconds. */
const PAUSE = 1000;

/** Progress is drawn when it takes longer than this, in milliseconds. */
const PROGRESS_AFTER = 1000;

type UploadCommandOptions = UploadInvocation["options"];

/** Runs `spider upload`. */
export async function run(
  { options, positionals }: UploadInvocation,
  { stdout, stderr }: Context,
): Promise<number> {
  const [path = ""] = positionals;
  const server = serverOf(options);
  const { campaign } = options;
  if (campaign === undefined) throw new UsageError("upload needs a --campaign");
  const tags = tagsOf(options.add);
  const key = keyOf(options);
  const metadata = { ...await metadataFor(path, options, teller(stderr)), ...tags };
  const { file, size } = await packed(path);
  let sent = 0;
  const data = packedBody({ file, size }, path, (octets) => sent = octets);
  const progress = new Progress(
    () => `${count(sent)} of ${counted(size, "octet")} sent`,
    PROGRESS_AFTER,
    stderr,
  );
  using interruption = new Interruption(() => {});
  try {
    if (isInTheClear(server)) {
      progress.say(`warning: ${server.host} is asked without encryption, so the key can be seen`);
    }
    const name = `${basename(path).replace(/\.gz$|\.bz2$/, "")}.bz2`;
    const done = await upload({ server, campaign, name, key, metadata, data }, {
      retries: options.retries,
      pause: PAUSE,
      patience: options.timeout * 1000,
      signal: interruption.signal,
      say: (text) => progress.say(text),
    });
    if (!done.confirmed) {
      progress.say("warning: the server took the data, but does not say how many octets it has");
    }
    progress.say(`Uploaded ${path}: ${done.url}, ${counted(size, "octet")}.`);
    if (options.json) writeText(stdout, `${jsonText({ ...done, octets: size })}\n`);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted || !(error instanceof Failure)) throw error;
    progress.say(`spider: ${error.message}`);
    return INTERRUPTED;
  } finally {
    progress.stop();
    file.close();
  }
}

function serverOf({ url }: UploadCommandOptions): URL {
  if (url === undefined) {
    throw new UsageError("upload needs a --url, such as https://pto.example.org");
  }
  const server = observatoryUrl(url);
  if (server !== null) return server;
  throw new UsageError(`--url must be an address such as https://pto.example.org, not ${url}`);
}

/** The API key, from where it is given first: option, file, environment. */
function keyOf({ token, "token-file": path }: UploadCommandOptions): string {
  const key = token ?? (path === undefined ? Deno.env.get(KEY_VARIABLE) : read(path).trim());
  if (key === undefined || key === "") {
    throw new UsageError(`upload needs an API key: give --token-file, or set ${KEY_VARIABLE}`);
  }
  if (isApiKey(key)) return key;
  throw new Failure("the API key holds blanks or other characters that no key has: check it");
}

async function metadataFor(
  path: string,
  options: UploadCommandOptions,
  tell: Tell,
): Promise<Metadata> {
  const beside = path + SUFFIX;
  const given = options.metadata ?? (modified(beside) === null ? undefined : beside);
  if (given === undefined) {
    const tags = tagsOf(options.add);
    return await metadataOfFile(path, undefined, FILE_TYPE, tags, tell);
  }
  const made = modified(beside);
  if (given === beside && made !== null && made < (modified(path) ?? 0)) {
    throw new Failure(
      `${beside} is older than ${path}: make it again with spider metadata, or give it as --metadata`,
    );
  }
  const metadata = readMetadata(read(given));
  if (metadata !== null) return metadata;
  throw new Failure(`${given} is not a JSON object: make it with spider metadata`);
}

/** When a file was last changed; null when there is none. */
function modified(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}

/** The data as it is sent. */
async function packed(path: string): Promise<Packed> {
  const results = openResults(path);
  if (results.form !== "bzip2") return await pack(withoutGzip(results, path));
  return { file: results.file, size: results.file.statSync().size };
}
