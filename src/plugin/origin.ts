import type { Spider } from "../contract/spider.ts";

/** Where a spider that does not ship with the program came from. */
export interface Origin {
  /** Its URL, or the path of its file. */
  readonly place: string;
  /** Hash of the whole graph; null for a file of this host, which may change. */
  readonly sha256: string | null;
}

const origins = new WeakMap<Spider, Origin>();

/** Records where a spider came from; returns the spider. */
export function from(origin: Origin | undefined, spider: Spider): Spider {
  if (origin !== undefined) origins.set(spider, origin);
  return spider;
}

/** Where a spider came from; undefined for one that ships with the program. */
export function originOf(spider: Spider): Origin | undefined {
  return origins.get(spider);
}
