/** How far an input was read; used to estimate the rest. */
export class Position {
  /** Lines that were read. */
  lines = 0;
  /** Characters of those lines, their ends included. */
  characters = 0;

  /**
   * The estimated number of lines in all, from their length so far; null when unknown.
   *
   * @param size octets of the file; null when unknown, as for a pipe or a packed file
   */
  total(size: number | null): number | null {
    if (size === null || this.characters === 0) return null;
    return Math.max(this.lines, Math.round(size * this.lines / this.characters));
  }
}
