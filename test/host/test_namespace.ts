import { Journal } from "../../src/host/journal.ts";
import { deleteNamespace } from "../../src/host/namespace.ts";
import { run } from "../../src/host/run.ts";

let sandboxes = 0;

/**
 * A network namespace for a test, with two interfaces, `one` and `two`, that lead nowhere:
 * 10.1.0.1/24 and fd01::1/64 on the first, 10.2.0.1/24 and fd02::1/64 on the second.
 */
export class TestNamespace implements Disposable {
  readonly name = `spider-test-${Deno.pid}-${++sandboxes}`;
  readonly #journal = Journal.open();

  constructor() {
    this.#journal.add({ kind: "netns", name: this.name });
    run("ip", ["netns", "add", this.name]);
    this.exec("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
    this.ip("link set dev lo up");
    for (const [number, dev] of [[1, "one"], [2, "two"]] as const) {
      this.ip(`link add ${dev} type veth peer name far-${dev}`);
      this.ip(`link set dev far-${dev} up`);
      this.ip(`address add 10.${number}.0.1/24 dev ${dev}`);
      this.ip(`address add fd0${number}::1/64 dev ${dev} nodad`);
      this.ip(`link set dev ${dev} up`);
    }
  }

  /** Runs a program inside, and gives what it wrote. */
  exec(...command: string[]): string {
    return run("ip", ["netns", "exec", this.name, ...command]);
  }

  /** Runs `ip` inside. */
  ip(words: string): string {
    return run("ip", ["-n", this.name, ...words.split(" ")]);
  }

  /** Every rule and route, to compare before and after. */
  state(): string {
    const views = ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"];
    return views.map((words) => this.ip(words)).join("");
  }

  /** Deletes the namespace, so that it is gone before the sandbox is. */
  delete(): void {
    deleteNamespace(this.name);
  }

  [Symbol.dispose](): void {
    this.#journal.close();
  }
}
