import type { Waiting } from "./waiting.ts";

/**
 * Commands that a signal cancels. One listener per signal: with ten thousand listeners on one
 * signal, removing each would be slow.
 */
export class Cancellation {
  readonly #commands = new Map<AbortSignal, { commands: Set<Waiting>; listener: () => void }>();

  /** Abandons a command, which then fails with the signal's reason, when the signal is given. */
  add(signal: AbortSignal, waiting: Waiting): void {
    let entry = this.#commands.get(signal);
    if (entry === undefined) {
      const commands = new Set<Waiting>();
      const listener = () => {
        this.#commands.delete(signal);
        for (const command of commands) {
          command.abandoned = true;
          command.failed(signal.reason);
        }
      };
      entry = { commands, listener };
      this.#commands.set(signal, entry);
      signal.addEventListener("abort", listener, { once: true });
    }
    entry.commands.add(waiting);
  }

  /** Forgets a command that is done. */
  remove(signal: AbortSignal, waiting: Waiting): void {
    const entry = this.#commands.get(signal);
    if (entry === undefined || !entry.commands.delete(waiting) || entry.commands.size > 0) return;
    signal.removeEventListener("abort", entry.listener);
    this.#commands.delete(signal);
  }
}
