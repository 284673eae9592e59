import { type Markup, markup, type Piece } from "./markup.ts";
import { rounded, type Verdict } from "./words.ts";

const SIGNS: Readonly<Record<Verdict, string>> = { completed: "✓", failed: "✗", error: "!" };

/** A verdict with a sign, so that it is known without colours. */
export function signed(verdict: Verdict, text: string): Markup {
  return markup`<span aria-hidden="true">${SIGNS[verdict]}</span> ${text}`;
}

/** A table whose rows begin with what they are about; numbers stand on the right. */
export function dataTable(
  label: string,
  head: readonly string[],
  rows: readonly (readonly Piece[])[],
): Markup {
  return markup`<div class="wide"><table aria-label="${label}">
<thead><tr>${head.map((text) => markup`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>
${rows.map(dataRow)}
</tbody>
</table></div>`;
}

function dataRow([first, ...cells]: readonly Piece[]): Markup {
  const written = cells.map((cell) =>
    typeof cell === "number"
      ? markup`<td class="number">${rounded(cell)}</td>`
      : markup`<td>${cell}</td>`
  );
  return markup`<tr><th scope="row">${first!}</th>${written}</tr>`;
}

/**
 * The address of a file below the page, relative to it; null for a path that leads elsewhere. Whatever
 * its names are, they are not a scheme, a host or a query.
 */
export function relativeAddress(path: string): string | null {
  const names = path.split("/");
  if (path.startsWith("/") || names.includes("..")) return null;
  return `./${names.map((name) => encodeURIComponent(name.toWellFormed())).join("/")}`;
}
