import { Failure } from "../../../../host/failure.ts";
import { selfCommand } from "../../../../host/self.ts";
import { STANDARD } from "../../../../host/standard.ts";
import type { NotedLab } from "../../../../lab/live/note.ts";
import type { Context } from "../../../command.ts";
import { INTERRUPTED, Interruption } from "../../../interruption.ts";
import { pluginArguments } from "../../../plugin_options.ts";
import type { LabSource } from "../lab_source.ts";
import type { UpInvocation } from "./options.ts";
import { teller } from "../../../terminal/tell.ts";

/** What the process in the background is to hold. */
interface Detached {
  /** The file, or - for standard input, which was read. */
  readonly path: string;
  readonly source: LabSource;
  readonly name: string;
  readonly options: UpInvocation["options"];
}

/**
 * Starts a process in the background that holds a lab, and returns when it is up. It has a session of
 * its own, so that neither Ctrl-C nor the end of the terminal reaches it.
 */
export async function detached(
  { path, source, name, options }: Detached,
  show: (lab: NotedLab) => void,
  { stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const words = ["--name", name, "--json", ...pluginArguments(options)];
  const [program, args] = selfCommand(["lab", "up", ...words, "--", path]);
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using interruption = new Interruption(() => child.kill("SIGTERM"));
  interruption.signal.addEventListener("abort", () => child.kill("SIGTERM"));
  const writer = child.stdin.getWriter();
  if (path === STANDARD) await writer.write(new TextEncoder().encode(source.text));
  await writer.close();
  const said = whole(child.stderr);
  const lab = await firstValue(child.stdout);
  if (lab !== null && !interruption.signal.aborted) {
    child.unref();
    show(lab);
    tell(`The lab ${name} is up: spider lab down ${name} ends it.`);
    return 0;
  }
  const { code } = await child.status;
  if (interruption.signal.aborted) return INTERRUPTED;
  throw new Failure(
    (await said).trim().replace(/^spider: /, "") || `the lab ended with ${code}, and said nothing`,
  );
}

/** The JSON that a process writes when its lab is up; null when it ends before. */
async function firstValue(stream: ReadableStream<Uint8Array>): Promise<NotedLab | null> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return null;
    text += value;
    if (text.endsWith("\n}\n")) return JSON.parse(text);
  }
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}
