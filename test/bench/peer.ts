import { ProgramError, type Ran, ran } from "./process.ts";

/** How long a run of a peer may take, in seconds. */
const LIMIT = 60;

/**
 * A third-party program that does the same work. Whatever it does, from being absent to never
 * ending, affects only its own figure.
 */
export class Peer<Figure> {
  readonly #figures: Figure[] = [];
  #remark: string | null = null;

  /**
   * @param name as it stands in the table
   * @param read takes a figure from how a run ended; null for none, where it did not do its work
   */
  constructor(
    readonly name: string,
    private readonly command: readonly string[],
    private readonly read: (ran: Ran) => Figure | null,
    private readonly input = "",
    private readonly limit = LIMIT,
  ) {}

  /** Takes a figure, unless a run before has failed. */
  async run(counts = true): Promise<void> {
    if (this.#remark !== null) return;
    try {
      const figure = this.read(await ran(this.command, { input: this.input, limit: this.limit }));
      if (figure === null) this.#remark = "ended well, and did not do the work";
      else if (counts) this.#figures.push(figure);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      this.#remark = error.message;
    }
  }

  /** Its figures; null when one of its runs failed. */
  get figures(): readonly Figure[] | null {
    return this.#remark === null ? this.#figures : null;
  }

  /** Why it has no figures. */
  get remark(): string {
    return `${this.name} ${this.#remark ?? "was not run"}`;
  }
}

/** Reads the JSON that a program wrote; null for anything else, also where a field is no number. */
export function numbersOf<Key extends string>(
  text: string,
  keys: readonly Key[],
): Record<Key, number> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<Key, unknown>;
  return keys.every((key) => Number.isFinite(fields[key])) ? fields as Record<Key, number> : null;
}
