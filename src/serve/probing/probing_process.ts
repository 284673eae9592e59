import { lastOf, signalChild } from "../../host/child.ts";
import { END_WITH_PARENT } from "../../host/helper_process.ts";
import { selfCommand } from "../../host/self.ts";
import type { QueueSettings } from "../measurements/queue.ts";
import { brokenOff } from "../http/broken_off.ts";
import { ProblemError } from "../http/problem.ts";

/** Characters of what the process says that are kept for a message. */
const KEPT = 2000;
/** What a command says of what it could not do. */
const FAILURE = /^spider: /m;

/**
 * Runs a command of the program in a process of its own; its lines, as they come. It ends when the signal
 * aborts, or its lines are wanted no more, and with this process. The lines break off where the command
 * cannot go on, so that nobody takes them for all there is.
 *
 * @throws {ProblemError} 422 when it has nothing to say but why it cannot, 503 when the signal ended it
 *   before it said anything
 */
export async function probingLines(
  words: readonly string[],
  place: QueueSettings["place"],
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const [program, args] = selfCommand([END_WITH_PARENT, ...words], place);
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const end = () => signalChild(child, "SIGTERM");
  signal.addEventListener("abort", end);
  child.status.then(() => signal.removeEventListener("abort", end));
  if (signal.aborted) end();
  const said = lastOf(child.stderr, KEPT);
  const reader = child.stdout.getReader();
  const first = await reader.read();
  if (first.done) {
    const [{ success }, text] = await Promise.all([child.status, said]);
    if (signal.aborted) throw new ProblemError(503, "the probes were broken off");
    if (!success) throw new ProblemError(422, text.trim().replace(FAILURE, "") || "it failed");
  }
  return new ReadableStream({
    start(controller) {
      if (first.done) controller.close();
      else controller.enqueue(first.value);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      const [{ success, signal: endedBy }, text] = await Promise.all([child.status, said]);
      // A status alone may say that some of the targets cannot be probed
      if (success || endedBy === null && !FAILURE.test(text)) return controller.close();
      controller.error(brokenOff(`the probes were broken off: ${endedBy ?? text.trim()}`));
    },
    cancel: end,
  });
}
