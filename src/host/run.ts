import { spawnSync } from "node:child_process";
import { Failure } from "./failure.ts";
import { libc, must } from "./libc.ts";
import { memoryFile } from "./spawn.ts";

/** The Debian package that a program comes from, where its name is another. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
};

/** The exit and output of a program. */
export interface ProgramResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a system program to its end and returns the outcome. Synchronous, so that a second interrupt
 * can restore the system at once.
 *
 * @param input text for its standard input
 * @throws {Failure} when the program is not installed
 */
export function attempt(program: string, args: readonly string[], input = ""): ProgramResult {
  using file = input === "" ? null : new InputFile(input);
  const words = file === null
    ? [program, ...args]
    : ["/bin/sh", "-c", `exec "$@" <${file.path}`, "sh", program, ...args];
  // A session of its own: Ctrl-C goes to every process of the terminal's foreground group, and must
  // not end the commands that restore the system.
  const { status, signal, error, stdout, stderr } = spawnSync("setsid", ["--wait", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    // Only what they need: other variables may be unsuitable for system programs
    env: { PATH: Deno.env.get("PATH"), LC_ALL: "C" },
    // A full routing table of the Internet is about 100 MB of text.
    maxBuffer: 2 ** 30,
  });
  if (error) throw new Failure(`cannot run ${program}: ${error.message}: install util-linux`);
  if (status === 127) {
    throw new Failure(`${program} is not installed: install ${PACKAGES[program] ?? program}`);
  }
  return { ok: status === 0, stdout, stderr: stderr || (signal ? `ended by ${signal}` : "") };
}

/**
 * Runs a system program that must succeed.
 *
 * @param input text for its standard input
 * @returns what it wrote to its standard output
 * @throws {Failure} with the command and its error output
 */
export function run(program: string, args: readonly string[], input = ""): string {
  const { ok, stdout, stderr } = attempt(program, args, input);
  if (ok) return stdout;
  const said = stderr.trim().split("\n").map((line) => line.trim().replace(/\.$/, "")).join("; ");
  const advice = /not permitted|permission denied/i.test(said) ? ": run spider as root" : "";
  throw new Failure(`\`${[program, ...args].join(" ")}\` failed: ${said || "no reason"}${advice}`);
}

/**
 * Input that a program may leave unread: when a program ends before it has read all of a pipe, Deno
 * returns no output.
 */
class InputFile implements Disposable {
  readonly #fd = memoryFile();
  /** Where this program's children find it. */
  readonly path = `/proc/${Deno.pid}/fd/${this.#fd}`;

  constructor(text: string) {
    const octets = new TextEncoder().encode(text);
    for (let at = 0; at < octets.length;) {
      const rest = octets.subarray(at);
      at += must("write", libc.write(this.#fd, rest, BigInt(rest.length)));
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}
