import { resolve } from "node:path";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { selfCommand } from "../../../host/self.ts";

/** Where it works: a folder that was named and is kept, or one that is gone afterwards. */
export class Workplace implements Disposable {
  readonly path: string;
  /** Variables that keep commands there from what is this user's. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #kept: boolean;

  constructor(named: string | undefined) {
    this.#kept = named !== undefined;
    this.path = named === undefined
      ? Deno.makeTempDirSync({ prefix: "spider-tutorial-" })
      : made(named);
    this.variables = {
      XDG_CONFIG_HOME: `${this.path}/.config`,
      XDG_DATA_HOME: `${this.path}/.data`,
      PATH: `${this.path}/.bin:${Deno.env.get("PATH") ?? ""}`,
    };
    this.#writeProgram();
  }

  /** This program as `spider`, for commands on hosts of labs. */
  #writeProgram(): void {
    const [program, args] = selfCommand([]);
    const words = [program, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    Deno.mkdirSync(`${this.path}/.bin`);
    Deno.writeTextFileSync(
      `${this.path}/.bin/spider`,
      `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`,
      { mode: 0o755 },
    );
  }

  [Symbol.dispose](): void {
    if (!this.#kept) Deno.removeSync(this.path, { recursive: true });
  }
}

function made(named: string): string {
  try {
    Deno.mkdirSync(named, { recursive: true });
    if ([...Deno.readDirSync(named)].length === 0) return resolve(named);
  } catch (error) {
    throw new Failure(`${named} cannot be used: ${fileError(error)}`, { cause: error });
  }
  throw new Failure(`${named} is not empty, and is left as it is: name a new folder`);
}
