/** The tallest that an element is made, in pixels: browsers draw none that is much taller. */
const TALLEST = 12_000_000;

/** A list of rows as tall as each other, of which those in view alone are drawn. */
export class RowWindow {
  /** Pixels that the list is made tall. */
  readonly height: number;
  readonly #row: number;
  readonly #total: number;
  readonly #view: number;
  /** Pixels of the rows for each that is scrolled: more than 1 where they would be too tall together. */
  readonly #scale: number;

  /**
   * @param total how many rows there are
   * @param row pixels of each
   * @param view pixels that are seen
   */
  constructor(total: number, row: number, view: number) {
    const whole = total * row;
    this.#total = total;
    this.#row = row;
    this.#view = view;
    this.height = Math.min(whole, TALLEST);
    this.#scale = this.height > view ? (whole - view) / (this.height - view) : 1;
  }

  /** The rows that are seen, from the first to the one behind the last. */
  seen(scrolled: number): readonly [first: number, end: number] {
    const top = scrolled * this.#scale / this.#row;
    const end = Math.ceil(top + this.#view / this.#row);
    return [Math.max(0, Math.floor(top)), Math.min(this.#total, end + 1)];
  }

  /** Where in the list a row is drawn, in pixels. */
  at(row: number, scrolled: number): number {
    return row * this.#row - scrolled * this.#scale + scrolled;
  }

  /** How far to scroll so that a row is in view; as it is where it is already. */
  shows(row: number, scrolled: number): number {
    const top = row * this.#row;
    const seen = scrolled * this.#scale;
    if (top < seen) return top / this.#scale;
    const last = top + this.#row - this.#view;
    return last > seen ? Math.ceil(last / this.#scale) : scrolled;
  }
}
