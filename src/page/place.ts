import { useEffect, useState } from "preact/hooks";

/** Where a reader is: `#/measurements/ID/networks?condition=…`. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** The place that the hash of an address names. */
export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  return {
    parts: path.split("/").filter((part) => part !== "").map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The hash of a place; parts of the query that are empty are left out. */
export function hashOf(parts: readonly string[], query: Readonly<Record<string, string>> = {}) {
  const some = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = some.toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** Where the reader is, also after he went elsewhere. */
export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return placeOf(hash);
}

/** Goes to a place; `replace` where going back is to lead past this one. */
export function go(hash: string, replace = false): void {
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // someone wrote it by hand
  }
}
