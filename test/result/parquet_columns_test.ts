/** The footer of a Parquet file, by the types of its numbers, which libraries differ in how strictly they read. */
import { assertEquals } from "@std/assert";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { columnElements, type ColumnValue } from "../../src/result/parquet_columns.ts";
import { readThrift, type ThriftStruct, type ThriftValue } from "../data/thrift.ts";

const VALUES: readonly ColumnValue[] = [
  ...["boolean", "octet", "word", "integer", "number", "text", "json"] as const,
  ...["milliseconds", "microseconds"] as const,
];

/** Types of the fields of a SchemaElement, a LogicalType and what is in that (parquet.thrift). */
const ELEMENT = ["", "i32", "i32", "i32", "binary", "i32", "i32", "i32", "i32", "i32", "struct"];
const LOGICAL: Readonly<Record<number, readonly string[]>> = {
  1: [], // STRING
  3: [], // LIST
  8: ["", "bool", "struct"], // TIMESTAMP
  10: ["", "i8", "bool"], // INTEGER
  12: [], // JSON
};

/** The elements of a file's schema behind the first, which is the root. */
function elementsOf(file: Uint8Array): ThriftStruct[] {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true);
  const schema = readThrift(file.slice(file.length - 8 - length)).get(2)!;
  const elements = schema.value as readonly ThriftValue[];
  return elements.slice(1).map(({ value }) => value as ThriftStruct);
}

Deno.test("the columns of a file are declared in the types that the format has for that", () => {
  const octets = new ByteWriter();
  const writer = new ParquetWriter({
    writer: octets,
    schema: [
      { name: "root", num_children: VALUES.length },
      ...VALUES.flatMap((value) => columnElements(value, value)),
    ],
  });
  writer.finish();
  const elements = elementsOf(octets.getBytes().slice());
  const words = new TextDecoder();
  assertEquals(elements.map((one) => words.decode(one.get(4)!.value as Uint8Array)), VALUES);
  for (const element of elements) {
    for (const [number, { type, value }] of element) {
      assertEquals(type, ELEMENT[number], `${number}`);
      if (number !== 10) continue;
      for (const [kind, inside] of value as ThriftStruct) {
        for (const [place, one] of inside.value as ThriftStruct) {
          assertEquals(one.type, LOGICAL[kind]![place], `${kind} ${place}`);
        }
      }
    }
  }
  // UINT_8 and UINT_16
  assertEquals(
    ["octet", "word"].map((one) => {
      const element = elements[VALUES.indexOf(one as ColumnValue)]!;
      return element.get(6)!.value;
    }),
    [11, 12],
  );
});
