/** How far an input was read; what is left is estimated from it. */
export class Position {
  /** Lines that were read. */
  lines = 0;
  /** Characters of those lines, their ends included. */
  characters = 0;

  /**
   * How many lines there are in all, judged by their length so far; null when that cannot be said.
   *
   * @param size octets of the file; null when unknown, as for a pipe or a packed file
   */
  total(size: number | null): number | null {
    if (size === null || this.characters === 0) return null;
    return Math.max(this.lines, Math.round(size * this.lines / this.characters));
  }
}
