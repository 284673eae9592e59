import { readHostAndPort, type TargetLocation } from "./host_and_port.ts";
import { quote } from "./quote.ts";

/** Columns of lines without a header that have more than two, by how many there are: PATHspider's. */
const FORMS: Readonly<Record<number, readonly string[]>> = {
  3: ["dip", "dp", "domain"],
  4: ["dip", "dp", "domain", "rank"],
};

/** What may stand on a line without a header, for messages. */
const EXPECTED =
  "2, 3 or 4 (rank,domain · dip,dp · dip,domain · dip,dp,domain · dip,dp,domain,rank)";

/** The kinds of cell of a target. */
const TWO = { dip: "addresses", domain: "names", dp: "ports" } as const;

type CsvFields = Readonly<Record<string, string>>;

/** The fields in the cells of a line without a header; a string is the problem with them. */
export function fieldsOf(cells: readonly string[]): CsvFields | string {
  if (cells.length === 2) return ofTwo(cells as readonly [string, string]);
  const columns = FORMS[cells.length];
  if (columns === undefined) {
    const count = cells.length === 1 ? "1 column" : `${cells.length} columns`;
    return `${count} without a header; expected ${EXPECTED}`;
  }
  const [, dp = "", domain = "", rank = ""] = cells;
  if (isNumber(domain)) {
    return `${quote(domain)} is in the domain column of ${columns.join()}, and is a number; ` +
      "the port is the second column";
  }
  if (dp === "" && domain === "" && rank !== "") {
    return `${
      quote(rank)
    } may be a port or a rank: write dip,dp for a port; for a rank, name the ` +
      "columns in a first line, as in dip,rank";
  }
  return Object.fromEntries(
    columns.map((column, at) => [column, cells[at]!]).filter(([, cell]) => cell !== ""),
  );
}

/** Two cells are distinguished by their form: an address, a name, a URL or a number. */
function ofTwo([first, second]: readonly [string, string]): CsvFields | string {
  if (isNumber(first)) return withRank(first, second);
  if (isNumber(second)) return withNumber(first, second);
  const places = [first, second].filter((cell) => cell !== "").map(placeOf);
  const problem = places.find((place) => typeof place === "string");
  if (problem !== undefined) return problem;
  const [one = {}, other = {}] = places as Partial<Record<keyof typeof TWO, string>>[];
  for (const [key, what] of Object.entries(TWO) as [keyof typeof TWO, string][]) {
    const same = key === "dp" && one.dp === other.dp;
    if (one[key] === undefined || other[key] === undefined || same) continue;
    return `${quote(first)} and ${quote(second)} are two ${what} for one target`;
  }
  return { ...one, ...other };
}

function withRank(rank: string, cell: string): CsvFields | string {
  if (cell === "") return { rank };
  if (isNumber(cell)) {
    return `${quote(rank)} and ${quote(cell)} are numbers, and no name or address`;
  }
  const place = placeOf(cell);
  return typeof place === "string" ? place : { rank, ...place };
}

/** A number behind what has a port already is a rank, as in lists of the Chrome UX Report. */
function withNumber(cell: string, number: string): CsvFields | string {
  if (cell === "") return { dp: number };
  const place = placeOf(cell);
  if (typeof place === "string") return place;
  if (place.dp !== undefined) return { ...place, rank: number };
  if ("dip" in place) return { ...place, dp: number };
  return `${quote(number)} may be a port or a rank: name the columns in a first line, as in ` +
    "domain,dp or domain,rank";
}

/** What is no address, and could be no port or URL, is a name, which is checked as all names are. */
function placeOf(cell: string): TargetLocation | string {
  const place = readHostAndPort(cell);
  return typeof place === "string" && !cell.includes(":") && /[^\d.]/.test(cell)
    ? { domain: cell }
    : place;
}

function isNumber(cell: string): boolean {
  return /^\d+$/.test(cell);
}
