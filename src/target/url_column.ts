import { readHostAndPort } from "./host_and_port.ts";

/** Columns of lists that name targets by URLs: those of the Chrome UX Report, and others. */
export const URL_COLUMNS = ["origin", "url"] as const;

type LineFields = Readonly<Record<string, unknown>>;

/**
 * The fields of a target, with the host and port of its URL where no other field names the host.
 * Otherwise a URL is a key like any other, to carry along.
 *
 * @returns the fields, or the problem with the URL
 */
export function withPlace(fields: LineFields): LineFields | string {
  if ((fields.dip ?? fields.domain ?? null) !== null) return fields;
  const url = URL_COLUMNS.map((column) => fields[column]).find((value) =>
    typeof value === "string"
  );
  if (url === undefined) return fields;
  const place = readHostAndPort(url as string);
  if (typeof place === "string") return place;
  const dp = fields.dp ?? place.dp;
  return { ...fields, ...place, ...(dp === undefined ? {} : { dp }) };
}
