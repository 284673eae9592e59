/** Header fields by lower-case name; a list where one came more than once. */
export type Headers = Readonly<Record<string, string | string[]>>;

/** An answer before the answer (RFC 9110, section 15.2); 101 is the last one in this protocol. */
export function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

/** Header fields from a list of names and values in turn. */
export function collect(list: readonly string[]): Headers {
  const fields = new Map<string, string | string[]>();
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!.toLowerCase();
    const value = list[at + 1]!;
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (typeof before === "string") fields.set(name, [before, value]);
    else before.push(value);
  }
  return Object.fromEntries(fields);
}

const STATUS_LINE = /^HTTP\/(\d(?:\.\d)?) (\d{3})/;

// Header values may hold any octet (RFC 9110, section 5.5)
const latin1 = new TextDecoder("latin1");

/** The head of an answer, from its lines as libcurl hands them on, which has checked them. */
export class HttpHead {
  #version: string | null = null;
  #status: number | null = null;
  #headers: Headers | null = null;
  #lines: string[] = [];
  /** Of the head that is not whole yet. */
  #begun: { readonly version: string; readonly status: number } | null = null;

  /** The version of HTTP, such as `1.1` or `2`; null before a whole head. */
  get version(): string | null {
    return this.#version;
  }

  /** The status code; null before a whole head. */
  get status(): number | null {
    return this.#status;
  }

  /** The header fields; null before a whole head. */
  get headers(): Headers | null {
    return this.#headers;
  }

  /** Takes a line, with its end. */
  line(octets: Uint8Array): void {
    if (this.#status !== null) return; // a trailer
    const line = latin1.decode(octets).replace(/\r?\n$/, "");
    const match = STATUS_LINE.exec(line);
    if (match !== null) {
      this.#begun = { version: match[1]!, status: Number(match[2]) };
      this.#lines = [];
    } else if (line !== "") this.#field(line);
    else if (this.#begun !== null && !isInterim(this.#begun.status)) {
      this.#version = this.#begun.version;
      this.#status = this.#begun.status;
      this.#headers = collect(this.#lines);
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    // A line that begins with a space continues the one before (RFC 9112, section 5.2)
    if (/^[ \t]/.test(line) && this.#lines.length > 0) {
      this.#lines[this.#lines.length - 1] += ` ${line.trim()}`;
    } else if (colon > 0) this.#lines.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
}
