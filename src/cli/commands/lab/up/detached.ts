import { Failure } from "../../../../host/failure.ts";
import { selfCommand } from "../../../../host/self.ts";
import type { NotedLab } from "../../../../lab/live/note.ts";
import type { Context } from "../../../command.ts";
import { INTERRUPTED, Interruption } from "../../../interruption.ts";
import { teller } from "../../../terminal/tell.ts";

/**
 * Starts a process in the background that holds a lab, and returns when it is up. It has a session of
 * its own, so that neither Ctrl-C nor the end of the terminal reaches it.
 */
export async function detached(
  name: string,
  text: string,
  show: (lab: NotedLab) => void,
  { stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const [program, args] = selfCommand(["lab", "up", "-", "--name", name, "--json"]);
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using interruption = new Interruption(() => child.kill("SIGTERM"));
  interruption.signal.addEventListener("abort", () => child.kill("SIGTERM"));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
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
