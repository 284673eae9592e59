import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { FlowField } from "../../contract/flow_field.ts";
import { parseLines } from "../csv.ts";
import { columnElements, type ColumnValue } from "../parquet_columns.ts";
import { type FieldBase, type FieldKind, fitting, kindOf } from "./field_kind.ts";
import type { FlowSink } from "./flow_sink.ts";

/** A row group ends behind so many records, or so many octets of them: so much waits in memory. */
export interface GroupLimits {
  readonly rows: number;
  readonly octets: number;
}

const GROUP: GroupLimits = { rows: 16_384, octets: 16 << 20 };

/** What the column of a field holds, and how it gets there. */
interface Column {
  readonly field: FlowField;
  readonly kind: FieldKind;
  data: unknown[];
}

/** Writes flow records as one Parquet file, a row group at a time. */
export class ParquetFlows implements FlowSink {
  readonly #put: (octets: Uint8Array) => void;
  readonly #group: GroupLimits;
  readonly #columns: readonly Column[];
  readonly #octets = new ByteWriter();
  readonly #file: ParquetWriter;
  #rows = 0;
  #size = 0;

  /**
   * @param fields the fields of a record, of which each becomes a column of its type
   * @param put takes what is to be written, good for the time of the call
   */
  constructor(
    fields: readonly FlowField[],
    put: (octets: Uint8Array) => void,
    group: GroupLimits = GROUP,
  ) {
    this.#put = put;
    this.#group = group;
    this.#columns = fields.map((field) => ({ field, kind: kindOf(field), data: [] }));
    const schema: SchemaElement[] = [
      { name: "flows", num_children: fields.length },
      ...this.#columns.flatMap(({ field, kind: { base, isList } }) =>
        columnElements(field.name, VALUES[base], isList)
      ),
    ];
    this.#file = new ParquetWriter({ writer: this.#octets, schema, createdBy: "spider" });
  }

  records(lines: Uint8Array): void {
    for (const record of parseLines(lines)) {
      // A record is taken whole or not at all: columns of different lengths make no file
      const row = this.#columns.map(({ field, kind }) =>
        columnValue(kind, fitting(field, kind, record[field.name]))
      );
      this.#columns.forEach(({ data }, at) => data.push(row[at]));
      if (++this.#rows === this.#group.rows) this.#endGroup();
    }
    this.#size += lines.length;
    if (this.#size >= this.#group.octets) this.#endGroup();
  }

  end(): void {
    if (this.#rows > 0) this.#endGroup();
    this.#file.finish();
    this.#flush();
  }

  #endGroup(): void {
    this.#file.write({
      columnData: this.#columns.map(({ field: { name }, data }) => ({
        ...{ name, data },
        offsetIndex: false, // which would be kept in memory until the end
      })),
      rowGroupSize: this.#rows,
    });
    for (const column of this.#columns) column.data = [];
    this.#rows = 0;
    this.#size = 0;
    this.#flush();
  }

  #flush(): void {
    this.#put(this.#octets.getBytes());
    this.#octets.index = 0; // its place in the file goes on
  }
}

const VALUES: Readonly<Record<FieldBase, ColumnValue>> = {
  address: "text",
  port: "word",
  protocol: "octet",
  time: "microseconds",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  string: "text",
  word: "text",
  json: "json",
};

function columnValue({ base, isList }: FieldKind, value: unknown): unknown {
  if (value === null || !(base === "integer" || base === "time")) return value;
  const one = base === "integer" ? BigInt : (seconds: number) => BigInt(Math.round(seconds * 1e6));
  return isList ? (value as number[]).map(one) : one(value as number);
}
