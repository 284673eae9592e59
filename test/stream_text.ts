/** The text of a stream, as it comes. */
export class StreamText {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads until something of it is there. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) {
      if (!await this.#more()) throw new Error(`no ${pattern} in ${JSON.stringify(this.#text)}`);
    }
  }

  /** All of it, when it has ended. */
  async all(): Promise<string> {
    while (await this.#more());
    return this.#text;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (!done) this.#text += value;
    return !done;
  }
}
