import { assert } from "@std/assert";
import type { Folder } from "../data/temporary.ts";
import { outcome, start } from "../spider.ts";
import { until } from "../until.ts";

/** Puts a command line elsewhere, as `TargetLab` does. */
export interface Place {
  exec(command: readonly string[]): readonly string[];
}

/** A server in a process of its own, in the namespace of a lab's client or elsewhere. */
export class ServerProcess {
  readonly child: Deno.ChildProcess;
  readonly #place: Place;
  readonly #log: string;
  readonly #body: string;

  constructor(place: Place, folder: Folder, args: readonly string[] = []) {
    this.#place = place;
    this.#log = folder.at(`log-${crypto.randomUUID()}`);
    this.#body = `${this.#log}.body`;
    this.child = start(
      ["serve", "--database", folder.at("serve.db"), "--log", this.#log, ...args],
      { within: (line) => place.exec(line) },
    );
    this.child.stdin.close();
  }

  get log(): string {
    try {
      return Deno.readTextFileSync(this.#log);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  async listening(): Promise<void> {
    await until("it listens", () => this.log.includes("listening on http://127.0.0.1:8642"));
  }

  /** Asks it from within the namespace; the body of the answer. */
  async ask(path: string, ...args: readonly string[]): Promise<string> {
    const [program = "", ...words] = this.#place.exec([
      ...["curl", "-sS", ...args, `http://127.0.0.1:8642${path}`],
    ]);
    const { success, stdout, stderr } = await new Deno.Command(program, { args: words }).output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }

  async post(body: object): Promise<string> {
    const type = "Content-Type: application/json";
    // Not as an argument, of which there is a longest
    Deno.writeTextFileSync(this.#body, JSON.stringify(body));
    const text = await this.ask("/measurements", "-H", type, "--data-binary", `@${this.#body}`);
    return JSON.parse(text).id;
  }

  async results(id: string): Promise<string[]> {
    const text = await this.ask(`/measurements/${id}/results`);
    return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).dip);
  }

  async end(signal: Deno.Signal): Promise<number> {
    this.child.kill(signal);
    return (await outcome(this.child)).code;
  }
}
