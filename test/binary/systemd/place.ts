import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isRoot } from "../../lab/root.ts";
import type { TargetLab } from "../../lab/target_lab.ts";
import { childrenOf } from "../../process_state.ts";
import { until } from "../../until.ts";

const BOOT = Deno.readTextFileSync(new URL("boot.sh", import.meta.url));
const HOLD = fileURLToPath(new URL("hold.sh", import.meta.url));

/** What is missing for a systemd in a place of its own, as words for the name of a test; else null. */
export function missingForSystemd(): string | null {
  if (!isRoot) return "root";
  if (!existsSync("/lib/systemd/systemd")) return "systemd";
  const known = Deno.readTextFileSync("/proc/filesystems");
  return ["overlay", "cgroup2"].find((name) => !new RegExp(`\\b${name}$`, "m").test(known)) ??
    null;
}

/** What a command in a place has said. */
export interface Said {
  readonly code: number;
  /** Both its standard output and its standard error. */
  readonly text: string;
}

/**
 * A systemd as process 1 of a place of its own, on the client of a lab. Its files are in memory, but for
 * `/usr`, of which changes are; nothing of the machine's can be reached from there. They last while it
 * boots again. All of it ends with this, or with the process that has made it.
 */
export class SystemdPlace implements AsyncDisposable {
  readonly #holder: Deno.ChildProcess;
  readonly #root: string;
  readonly #namespaces: readonly string[];
  /** What process 1 has, seen from outside. */
  #booted: { readonly child: Deno.ChildProcess; readonly process: number } | null = null;

  private constructor(holder: Deno.ChildProcess, process: number) {
    this.#holder = holder;
    this.#root = `/proc/${process}/root`;
    this.#namespaces = [
      ...["nsenter", `--target=${process}`, "--mount", "--cgroup", "--uts", "--ipc", "--net"],
    ];
  }

  /**
   * Makes one, in which the program is /usr/local/bin/spider. It does not boot yet.
   *
   * @param folder an empty one
   */
  static async make(lab: TargetLab, folder: string, program: string): Promise<SystemdPlace> {
    const name = `spider-test-${crypto.randomUUID()}`;
    const holder = new Deno.Command("unshare", {
      args: ["--mount", "sh", HOLD, lab.client, folder, name, program],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    let said = "";
    for await (const octets of holder.stdout.values({ preventCancel: true })) {
      said += new TextDecoder().decode(octets);
      if (said.endsWith("\n")) break;
    }
    if (said !== "ready\n") {
      throw new Error(`no place was made for systemd: status ${(await holder.status).code}`);
    }
    // The only child, which has become `cat`
    const [process] = childrenOf(holder.pid);
    return new SystemdPlace(holder, process!);
  }

  /** Writes a file of it. */
  write(path: string, text: string): void {
    Deno.mkdirSync(this.at(path.replace(/\/[^/]*$/, "")), { recursive: true });
    Deno.writeTextFileSync(this.at(path), text);
  }

  /** The text of a file of it. */
  read(path: string): string {
    return Deno.readTextFileSync(this.at(path));
  }

  /** Where a file of it is, seen from outside; not of what is mounted while it runs. */
  at(path: string): string {
    return `${this.#root}${path}`;
  }

  /** Boots it, and what its multi-user.target wants. */
  async boot(): Promise<void> {
    const [command = "", ...args] = [
      ...this.#namespaces,
      ...["unshare", "--mount", "--pid", "--fork", "sh", "-c", BOOT],
    ];
    const child = new Deno.Command(command, { args, stdin: "null", stderr: "null" }).spawn();
    await until("it boots", async () => {
      const [process] = childrenOf(child.pid);
      if (process === undefined) return false;
      this.#booted = { child, process };
      return (await this.run("systemctl", "show", "--property=Version")).code === 0;
    });
  }

  /** Runs a command in it, as root. */
  async run(...command: readonly string[]): Promise<Said> {
    const [program = "", ...args] = [
      ...["nsenter", `--target=${this.#booted!.process}`],
      ...["--mount", "--cgroup", "--uts", "--ipc", "--net", "--pid", ...command],
    ];
    const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" })
      .output();
    const text = [stdout, stderr].map((octets) => new TextDecoder().decode(octets)).join("");
    return { code, text };
  }

  /** Properties of a unit, as `systemctl show` names them. */
  async properties(unit: string, ...names: readonly string[]): Promise<Record<string, string>> {
    const { text } = await this.run("systemctl", "show", unit, `--property=${names.join()}`);
    return Object.fromEntries(
      text.trim().split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  }

  /** Sends a signal to a process of it, by its number in there. */
  async kill(signal: string, process: number): Promise<void> {
    const { code, text } = await this.run("kill", `-${signal}`, String(process));
    if (code !== 0) throw new Error(text);
  }

  /** Ends all of its processes at once, as when the power fails. */
  async cutPower(): Promise<void> {
    const { child, process } = this.#booted!;
    Deno.kill(process, "SIGKILL");
    await child.status;
    this.#booted = null;
  }

  /** Ends all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.stdout.cancel();
    const { code } = await this.#holder.status;
    await this.#booted?.child.status;
    if (code !== 0) throw new Error(`something of the place is left: status ${code}`);
  }
}
