import { Failure } from "../../../host/failure.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type InputStream } from "../../../host/streams.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { readBlocklist } from "../../../target/blocklist.ts";
import { openInput } from "../../../target/input.ts";
import { type Prefix, PrefixSet, readPrefix } from "../../../target/prefix.ts";
import { readJobs } from "../../../target/read.ts";
import { Selection } from "../../../target/selection.ts";
import { Skipped } from "../../../target/skipped.ts";
import { readText } from "../../../target/text.ts";
import type { Context } from "../../command.ts";
import type { FilterInvocation } from "./options.ts";
import { filterJson, filterText } from "./report.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { count } from "../../../host/quantity.ts";
import { teller } from "../../terminal/tell.ts";
import { UsageError } from "../../../host/usage_error.ts";

/** Progress is drawn when it takes longer than this, in milliseconds. */
const PROGRESS_AFTER = 1000;

/** Runs `spider filter`. */
export async function run(
  { options }: FilterInvocation,
  { stdin, stdout, stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const selection = new Selection({
    family: family(options),
    prefixes: prefixes("prefix", options.prefix),
    excluded: prefixes("exclude-prefix", options["exclude-prefix"]),
    blocked: new PrefixSet(
      (await Promise.all(options.blocklist.map((path) => blocked(path, stdin)))).flat(),
    ),
    unique: options.unique,
  });
  const input = await openInput(fileOrStream(options.input, stdin));
  if (options.input === STANDARD && stdin.isTerminal()) {
    tell("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  const output = fileOrStream(options.output, stdout);
  const writer = ResultWriter.open(output, [options.input, ...options.blocklist]);
  const skipped = new Skipped();
  using interruption = new Interruption(() => {});
  const { signal } = interruption;
  let read = 0;
  const progress = new Progress(
    () => `${count(read)} read  ${count(selection.kept)} kept`,
    PROGRESS_AFTER,
    stderr,
  );
  try {
    const lines = readJobs(input.stream, {
      csv: options["csv-input"],
      name: input.name,
      signal,
    });
    for await (const found of lines) {
      read++;
      if ("problem" in found) {
        skipped.add(found);
        continue;
      }
      const job = options.dp === undefined ? found.job : { ...found.job, dp: options.dp };
      if (!selection.takes(job)) continue;
      writer.write(job);
      const room = writer.room(signal);
      if (room !== null) await room;
    }
  } finally {
    progress.stop();
    await writer.close();
  }
  const counts = {
    kept: selection.kept,
    left: selection.left,
    skipped,
    interrupted: signal.aborted,
  };
  tell(options.json ? JSON.stringify(filterJson(counts)) : filterText(counts));
  return signal.aborted ? INTERRUPTED : 0;
}

function family({ ipv4, ipv6 }: FilterInvocation["options"]): 4 | 6 | undefined {
  if (ipv4 && ipv6) throw new UsageError("-4 and -6 together keep nothing; give one, or neither");
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

function prefixes(option: string, texts: readonly string[]): PrefixSet {
  return new PrefixSet(texts.map((text): Prefix => {
    const prefix = readPrefix(text);
    if (typeof prefix === "string") throw new UsageError(`--${option}: ${prefix}`);
    return prefix;
  }));
}

async function blocked(path: string, stdin: InputStream): Promise<Prefix[]> {
  const { stream, name } = await openInput(fileOrStream(path, stdin));
  const text = (await Array.fromAsync(readText(stream, name))).join("");
  // An empty list is most likely a mistake
  const listed = readBlocklist(text, name);
  if (listed.length > 0) return listed;
  throw new Failure(`${name} lists no prefix and no address: leave it out, or fill it`);
}
