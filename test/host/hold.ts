import { fileURLToPath } from "node:url";

/** A process that holds something (see `holder.ts`) until it is asked to end, or killed. */
export interface Holder<T> {
  readonly pid: number;
  /** Its output about the thing it made. */
  readonly made: T;
  /** Lets it undo everything and end. */
  end(): Promise<void>;
  /** Kills it, so that it can undo nothing. */
  kill(): Promise<void>;
}

/**
 * Starts a holder and waits until it has made its thing.
 *
 * @param namespace the name of the network namespace to run in; our own when missing
 */
export async function hold<T>(what: readonly string[], namespace?: string): Promise<Holder<T>> {
  const script = fileURLToPath(new URL("holder.ts", import.meta.url));
  const deno = [Deno.execPath(), "run", "-A", script, ...what];
  const [program = "", ...args] = namespace ? ["ip", "netns", "exec", namespace, ...deno] : deno;
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`${what.join(" ")} ended early`);
    text += value;
  }
  const close = async () => {
    await lines.cancel();
    await child.status;
  };
  return {
    pid: child.pid,
    made: JSON.parse(text),
    end: async () => {
      await child.stdin.close();
      await close();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await close();
      // The pipe breaks when its reader is killed.
      await child.stdin.close().catch((error) => {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      });
    },
  };
}
