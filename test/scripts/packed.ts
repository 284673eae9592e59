import { writeSelfExtracting } from "../../scripts/compile/self_extracting.ts";
import { TARGETS } from "../../scripts/compile/target.ts";
import { Folder } from "../data/temporary.ts";

/** Octets behind the stand-in for Deno, incompressible. */
const BULK = 1 << 20;

/** In place of Deno: says how it was called, and does no more. */
const STAND_IN = `#!/bin/sh
[ "$1" = --version ] && exit
for word in "$@"; do printf '<%s>\\n' "$word"; done
env | grep -E '^(DENO|NODE_OPTIONS)'
exit 7
`;

/** How a start ended. */
export interface StartOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A self-extracting file, with a stand-in for Deno, in a folder of its own. */
export class PackedProgram implements Disposable {
  readonly #folder = new Folder();
  readonly path: string;
  readonly home: string;

  private constructor() {
    this.path = this.#folder.at("my files/spider");
    this.home = this.#folder.at("my home");
    Deno.mkdirSync(this.#folder.at("my files"));
    Deno.mkdirSync(this.home);
  }

  static async make(arch: string = Deno.build.arch): Promise<PackedProgram> {
    const packed = new PackedProgram();
    const content = packed.at("content");
    Deno.mkdirSync(`${content}/app`, { recursive: true });
    const octets = new Uint8Array(BULK);
    for (let at = 0; at < BULK; at += 1 << 16) {
      crypto.getRandomValues(octets.subarray(at, at + (1 << 16)));
    }
    Deno.writeTextFileSync(`${content}/deno`, STAND_IN);
    Deno.writeFileSync(`${content}/deno`, octets, { append: true });
    Deno.writeTextFileSync(`${content}/app/main.js`, "// not run here");
    await packed.again(arch);
    return packed;
  }

  /** Makes the file of the same contents. */
  async again(arch: string = Deno.build.arch): Promise<void> {
    await writeSelfExtracting(this.at("content"), TARGETS[arch]!, this.path);
  }

  at(name: string): string {
    return this.#folder.at(name);
  }

  /** Where it unpacks itself to, the first time without anything there. */
  get cache(): string {
    return `${this.home}/.cache/spider`;
  }

  /** The folder that it is unpacked in. */
  get unpacked(): string {
    const found = this.left.filter((name) => /^[0-9a-f]{32}$/.test(name));
    if (found.length !== 1) throw new Error(`in the cache are ${this.left}`);
    return `${this.cache}/${found[0]}`;
  }

  /** What is in the cache. */
  get left(): string[] {
    return [...Deno.readDirSync(this.cache)].map((entry) => entry.name).sort();
  }

  /** Starts it, with HOME in its folder and a minimal environment. */
  async run(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    command: readonly string[] = [this.path],
  ): Promise<StartOutcome> {
    const [program = "", ...before] = command;
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [...before, ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: this.home, ...env },
      cwd: this.#folder.path,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  }

  /**
   * Runs a shell script as root with mounts of its own: of /tmp, /var/cache and /mnt, empty. The
   * file is `$spider`; `as USER COMMAND...` runs something as another user.
   */
  async within(script: string, home = this.home): Promise<StartOutcome> {
    const lines = [
      "set -eu",
      'mount -t tmpfs -o mode=755 none /mnt && cp "$file" /mnt/spider',
      "mount -t tmpfs -o mode=755 none /var/cache",
      "mount -t tmpfs -o mode=1777 none /tmp",
      "spider=/mnt/spider",
      'as() { user=$1; shift; setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"; }',
      "cd /",
      script,
    ];
    const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c"];
    return await this.run([lines.join("\n")], { file: this.path, HOME: home }, command);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
