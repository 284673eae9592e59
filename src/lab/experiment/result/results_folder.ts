import { resolve } from "node:path";
import { writing } from "../../../host/writing.ts";

/** The folder of one run of an experiment, in which nothing is overwritten. */
export class ResultsFolder {
  /** Absolute: services run in folders of their own. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes a folder that nobody has yet, named after the experiment and the time.
   *
   * @throws {Failure} when it cannot be made
   */
  static make(parent: string, experiment: string, now = new Date()): ResultsFolder {
    const root = resolve(parent);
    const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return writing(parent, () => {
      Deno.mkdirSync(root, { recursive: true });
      for (let number = 1;; number++) {
        const path = `${root}/${experiment}-${time}${number === 1 ? "" : `-${number}`}`;
        try {
          Deno.mkdirSync(path);
          return new ResultsFolder(path);
        } catch (error) {
          if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        }
      }
    });
  }

  /** A folder within, which is made when it is not there. */
  folder(name: string): string {
    const path = `${this.path}/${name}`;
    writing(path, () => Deno.mkdirSync(path, { recursive: true }));
    return path;
  }

  /** The name of something within. */
  relative(path: string): string {
    return path.slice(this.path.length + 1);
  }

  /**
   * Writes a file.
   *
   * @throws {Failure} when it cannot be written
   */
  write(name: string, text: string): void {
    const path = `${this.path}/${name}`;
    writing(path, () => Deno.writeTextFileSync(path, text));
  }

  /** Writes behind what a file has. */
  append(name: string, text: string): void {
    const path = `${this.path}/${name}`;
    writing(path, () => Deno.writeTextFileSync(path, text, { append: true }));
  }

  /** Removes a folder within. */
  remove(name: string): void {
    Deno.removeSync(`${this.path}/${name}`, { recursive: true });
  }
}
