/** Where a reader is: `#/measurements/ID/networks?condition=…`. */
export interface PageLocation {
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** The location that the hash of an address names. */
export function readHash(hash: string): PageLocation {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  return {
    parts: path.split("/").filter((part) => part !== "").map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The hash of a location; parts of the query that are empty are left out. */
export function hashOf(parts: readonly string[], query: Readonly<Record<string, string>> = {}) {
  const some = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = some.toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // someone wrote it by hand
  }
}
