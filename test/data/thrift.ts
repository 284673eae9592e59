/** A value as the compact protocol of Thrift has it: what it is, and itself. */
export interface ThriftValue {
  readonly type: string;
  readonly value: number | Uint8Array | readonly ThriftValue[] | ThriftStruct;
}

/** Fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const TYPES = ["stop", "true", "false", "i8", "i16", "i32", "i64", "double", "binary", "list"];
const STRUCT = 12;

/** Reads a struct of the compact protocol with the types that stand in it. */
export function readThrift(octets: Uint8Array): ThriftStruct {
  let at = 0;
  const octet = () => octets[at++]!;
  const varint = () => {
    let value = 0;
    for (let factor = 1;; factor *= 128) {
      const one = octet();
      value += one % 128 * factor;
      if (one < 128) return value;
    }
  };
  const zigzag = () => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const take = (count: number) => octets.slice(at, at += count);
  const struct = (): ThriftStruct => {
    const fields = new Map<number, ThriftValue>();
    for (let number = 0;;) {
      const header = octet();
      if (header === 0) return fields;
      number = header >> 4 === 0 ? zigzag() : number + (header >> 4);
      fields.set(number, value(header & 15));
    }
  };
  const value = (code: number): ThriftValue => {
    if (code === STRUCT) return { type: "struct", value: struct() };
    const type = TYPES[code] ?? `${code}`;
    switch (type) {
      case "true":
      case "false":
        return { type: "bool", value: type === "true" ? 1 : 0 };
      case "i8":
        return { type, value: octet() };
      case "i16":
      case "i32":
      case "i64":
        return { type, value: zigzag() };
      case "double":
        return { type, value: take(8) };
      case "binary":
        return { type, value: take(varint()) };
      case "list": {
        const header = octet();
        const length = header >> 4 === 15 ? varint() : header >> 4;
        return { type, value: Array.from({ length }, () => value(header & 15)) };
      }
    }
    throw new Error(`no type of Thrift's compact protocol: ${type}`);
  };
  return struct();
}
