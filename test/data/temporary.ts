/** A temporary folder for a test, deleted with it. */
export class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "spider-test-" });

  /** The path of a file in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Writes a file; its path. */
  put(name: string, content: Uint8Array): string {
    Deno.writeFileSync(this.at(name), content);
    return this.at(name);
  }

  /** The text of a file. */
  text(name: string): string {
    return Deno.readTextFileSync(this.at(name));
  }

  /** The octets of a file, each as the character of that number. */
  latin1(name: string): string {
    return new TextDecoder("latin1").decode(Deno.readFileSync(this.at(name)));
  }

  /** Whether it has a file of that name. */
  has(name: string): boolean {
    return [...Deno.readDirSync(this.path)].some((entry) => entry.name === name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
