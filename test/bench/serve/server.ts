import { signalChild } from "../../../src/host/child.ts";
import { linesOf } from "./lines.ts";

/** A server in a process of its own, which says its URL first. */
export class BenchServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  url = "";

  private constructor([program = "", ...args]: readonly string[]) {
    this.#child = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout);
  }

  static async start(command: readonly string[]): Promise<BenchServer> {
    const server = new BenchServer(command);
    server.url = await server.said();
    return server;
  }

  /** Its next line. */
  async said(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error("a server of the bench has ended");
    return value;
  }

  /** The octets that live in it, where its module tells them. */
  async live(): Promise<number> {
    signalChild(this.#child, "SIGUSR2");
    return Number(await this.said());
  }

  /** The most memory that it has had, in octets. */
  get peak(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    signalChild(this.#child, "SIGTERM");
    await this.#child.status;
  }
}
