/** Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** One row of a table of two columns. */
export interface Row {
  readonly label: string;
  readonly text: string;
}

/**
 * Two columns, the right one wrapped. A label that is wider than `labelWidth` stands on a line of
 * its own. `paint` colours labels after their width was counted.
 */
export function table(
  rows: readonly Row[],
  width: number,
  labelWidth: number,
  paint: (label: string) => string,
): string[] {
  const widest = Math.max(0, ...rows.map(({ label }) => label.length));
  const column = Math.min(widest, labelWidth);
  const margin = " ".repeat(2 + column + 2);
  return rows.flatMap(({ label, text }) => {
    const lines = text === "" ? [] : wrap(text, Math.max(20, width - margin.length));
    const head = `  ${paint(label)}`;
    if (label.length > column || lines.length === 0) {
      return [
        head,
        ...lines.map((line) => margin + line),
      ];
    }
    const gap = " ".repeat(column - label.length + 2);
    return lines.map((line, at) => at === 0 ? head + gap + line : margin + line);
  });
}
