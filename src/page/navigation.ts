import { useEffect, useState } from "preact/hooks";
import { type PageLocation, readHash } from "./location.ts";

/** Where the reader is, also after he went elsewhere. */
export function usePageLocation(): PageLocation {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return readHash(hash);
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
