import type { Concluder, Spider } from "../contract/spider.ts";

/** Where a spider that does not ship with the program came from. */
export interface Provenance {
  /** Its URL, or the path of its file. */
  readonly place: string;
  /** Hash of the whole graph; null for a file of this host, which may change. */
  readonly sha256: string | null;
}

const provenances = new WeakMap<Spider, Provenance>();

/** Records where a spider came from; returns the spider. */
export function from(provenance: Provenance | undefined, spider: Spider): Spider {
  if (provenance !== undefined) provenances.set(spider, provenance);
  return spider;
}

/** Which spider this is, as each of its results says. */
export function concluderOf(spider: Spider): Concluder {
  const { name, version } = spider;
  const sha256 = provenanceOf(spider)?.sha256 ?? null;
  return { name, version, ...(sha256 === null ? {} : { sha256 }) };
}

/** Where a spider came from; undefined for one that ships with the program. */
export function provenanceOf(spider: Spider): Provenance | undefined {
  return provenances.get(spider);
}
