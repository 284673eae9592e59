import type { SchemaElement } from "hyparquet";

/** What the values of a column are; times are counted since 1970, in UTC. */
export type ColumnValue =
  | "boolean"
  | "octet"
  | "word"
  | "integer"
  | "number"
  | "text"
  | "json"
  | "milliseconds"
  | "microseconds";

/** As https://github.com/apache/parquet-format/blob/master/LogicalTypes.md has them. */
const ELEMENTS: Readonly<Record<ColumnValue, Omit<SchemaElement, "name">>> = {
  boolean: { type: "BOOLEAN" },
  // Without the newer logical_type: hyparquet-writer writes its bitWidth in four octets, where the format
  // has one, and then pyarrow and DuckDB refuse the whole file
  octet: { type: "INT32", converted_type: "UINT_8" },
  word: { type: "INT32", converted_type: "UINT_16" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  json: { type: "BYTE_ARRAY", converted_type: "JSON", logical_type: { type: "JSON" } },
  milliseconds: time("MILLIS"),
  microseconds: time("MICROS"),
};

/** A column as the footer of a file declares it, whose values may be null, or a list of values. */
export function columnElements(name: string, of: ColumnValue, isList = false): SchemaElement[] {
  const repetition_type = "OPTIONAL";
  if (!isList) return [{ name, ...ELEMENTS[of], repetition_type }];
  const logical_type = { type: "LIST" } as const;
  return [
    { name, converted_type: "LIST", logical_type, repetition_type, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", ...ELEMENTS[of], repetition_type: "REQUIRED" },
  ];
}

function time(unit: "MILLIS" | "MICROS"): Omit<SchemaElement, "name"> {
  return {
    type: "INT64",
    converted_type: `TIMESTAMP_${unit}`,
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit },
  };
}
