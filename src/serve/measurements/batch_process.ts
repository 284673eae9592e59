import { lastOf, signalChild } from "../../host/child.ts";
import { RUN_BATCH } from "../../host/helper_process.ts";
import { startSelf } from "../../host/self.ts";
import type { BatchEnd, BatchMessage, BatchOrder } from "../runner/batch.ts";

/** Characters of what the process said last that are kept for a message. */
const KEPT = 2000;

/** Takes what a process tells, several messages at once where several came. */
export type TakeMessages = (messages: readonly BatchMessage[]) => void;

/**
 * A process that measures a batch of targets.
 *
 * @param place puts its command line elsewhere, such as into a network namespace
 */
export class BatchProcess {
  readonly #child: Deno.ChildProcess;
  readonly #said: Promise<string>;

  constructor(
    order: BatchOrder,
    targets: readonly string[],
    place?: (command: readonly string[]) => readonly string[],
  ) {
    this.#child = startSelf([RUN_BATCH], place);
    const writer = this.#child.stdin.getWriter();
    const text = [JSON.stringify(order), ...targets].map((line) => `${line}\n`).join("");
    writer.write(new TextEncoder().encode(text))
      .then(() => writer.close())
      .catch(() => {}); // it has ended, which its end tells of
    this.#said = lastOf(this.#child.stderr, KEPT);
  }

  /** Lets it finish what is in flight, and take no more targets. */
  stop(): void {
    signalChild(this.#child, "SIGINT");
  }

  /** Ends it at once. */
  kill(): void {
    signalChild(this.#child, "SIGKILL");
  }

  /** Gives its messages, and what it came to at its end. */
  async run(take: TakeMessages): Promise<BatchEnd> {
    let end: BatchEnd | null = null;
    let rest = "";
    const decoder = new TextDecoder();
    for await (const octets of this.#child.stdout) {
      const lines = (rest + decoder.decode(octets, { stream: true })).split("\n");
      rest = lines.pop()!;
      const messages: BatchMessage[] = lines.map((line) => JSON.parse(line));
      for (const message of messages) if ("ended" in message) end = message.ended;
      if (messages.length > 0) take(messages);
    }
    const [{ code, signal }, said] = await Promise.all([this.#child.status, this.#said]);
    if (end !== null) return end;
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    const why = said.trim().split("\n").slice(-5).join("; ");
    return {
      taken: 0,
      skipped: 0,
      without_jobs: 0,
      given_up: 0,
      problem: `the process that measures ${how}${why === "" ? "" : `: ${why}`}`,
      hopeless: false,
    };
  }
}
