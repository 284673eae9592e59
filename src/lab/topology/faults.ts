import { type FileFault, type ReadFile, unknown, type ValuePath } from "../file/yaml.ts";

/** What is wrong with a file, as it is found. */
export class Faults {
  readonly all: FileFault[];
  readonly #read: ReadFile<unknown>;
  readonly #path: ValuePath;

  constructor(read: ReadFile<unknown>, all: FileFault[] = [], path: ValuePath = []) {
    this.#read = read;
    this.all = all;
    this.#path = path;
  }

  /** The same list for a part of the file, whose paths begin there. */
  within(path: ValuePath): Faults {
    return new Faults(this.#read, this.all, [...this.#path, ...path]);
  }

  /**
   * @param path of the value
   * @param key whether the place is that of its key
   */
  add(path: ValuePath, text: string, key = false): void {
    this.all.push({ ...this.#read.at([...this.#path, ...path], key), text });
  }

  /** Those of some names that are no nodes are faults. Gives whether all are nodes. */
  addUnknown(path: ValuePath, names: readonly string[], nodes: readonly string[]): boolean {
    const strangers = names.filter((name) => !nodes.includes(name));
    for (const name of strangers) this.add(path, unknown("host or router", name, nodes));
    return strangers.length === 0;
  }
}
