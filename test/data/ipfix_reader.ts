/** Reads IPFIX by its descriptions alone (RFC 7011, RFC 5610), apart from the code that writes it. */

/** An element of a template, and the values of a record by its elements. */
interface Specifier {
  readonly id: number;
  readonly length: number;
  readonly enterprise: number;
}

/** Values by `id`, or `enterprise/id`, as octets. */
export type IpfixRecord = ReadonlyMap<string, Uint8Array>;

/** What messages hold. */
export interface IpfixContent {
  readonly records: readonly IpfixRecord[];
  /** Names and data types of elements that are described, by `enterprise/id`. */
  readonly elements: ReadonlyMap<string, { readonly name: string; readonly type: number }>;
  /** How often templates were sent, by domain and number. */
  readonly templates: ReadonlyMap<string, number>;
}

/** Reads messages that stand one behind the other, and checks what each says of itself. */
export function readIpfix(octets: Uint8Array<ArrayBuffer>): IpfixContent {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const layouts = new Map<string, Specifier[]>();
  const templates = new Map<string, number>();
  const counts = new Map<number, number>();
  const all: { domain: number; record: IpfixRecord }[] = [];
  const check = (holds: boolean, what: string) => {
    if (!holds) throw new Error(what);
  };
  for (let at = 0; at < octets.length;) {
    const [version, length] = [view.getUint16(at), view.getUint16(at + 2)];
    const domain = view.getUint32(at + 12);
    check(version === 10 && length >= 16 && at + length <= octets.length, `a message at ${at}`);
    const before = counts.get(domain) ?? 0;
    check(view.getUint32(at + 8) === before, `sequence ${view.getUint32(at + 8)}, not ${before}`);
    let records = 0;
    for (let set = at + 16; set < at + length;) {
      const [id, size] = [view.getUint16(set), view.getUint16(set + 2)];
      const end = set + size;
      check(size > 4 && end <= at + length, `a set ${id} at ${set}`);
      for (let from = set + 4; from < end;) {
        if (id === 2 || id === 3) {
          const key = `${domain}:${view.getUint16(from)}`;
          const fields = view.getUint16(from + 2);
          from += id === 2 ? 4 : 6;
          const layout: Specifier[] = [];
          for (let i = 0; i < fields; i++) {
            const [word, size] = [view.getUint16(from), view.getUint16(from + 2)];
            const own = word >= 0x8000;
            const enterprise = own ? view.getUint32(from + 4) : 0;
            layout.push({ id: word & 0x7fff, length: size, enterprise });
            from += own ? 8 : 4;
          }
          layouts.set(key, layout);
          templates.set(key, (templates.get(key) ?? 0) + 1);
          continue;
        }
        const layout = layouts.get(`${domain}:${id}`);
        if (layout === undefined) throw new Error(`a set of the unknown template ${id}`);
        const record = new Map<string, Uint8Array>();
        for (const { id, length, enterprise } of layout) {
          let size = length;
          if (length === 0xffff) {
            size = view.getUint8(from++);
            if (size === 255) {
              size = view.getUint16(from);
              from += 2;
            }
          }
          check(from + size <= end, `a value of ${id} at ${from}`);
          record.set(
            enterprise === 0 ? `${id}` : `${enterprise}/${id}`,
            octets.slice(from, from + size),
          );
          from += size;
        }
        all.push({ domain, record });
        records++;
      }
      set = end;
    }
    counts.set(domain, before + records);
    at += length;
  }
  const described = all.filter(({ record }) => record.has("341"));
  return {
    records: all.filter(({ record }) => !record.has("341")).map(({ record }) => record),
    templates,
    elements: new Map(described.map(({ record }) => [
      `${integer(record.get("346")!)}/${integer(record.get("303")!)}`,
      { name: text(record.get("341")!), type: Number(integer(record.get("339")!)) },
    ])),
  };
}

/** A number without a sign. */
export function integer(octets: Uint8Array): bigint {
  return octets.reduce((sum, octet) => sum << 8n | BigInt(octet), 0n);
}

/** Seconds since 1970, with their microseconds, of a time in NTP's form (RFC 7011, section 6.1.9). */
export function time(octets: Uint8Array): number {
  const ntp = integer(octets);
  const fraction = Number(ntp & 0xffff_ffffn) * 1e6 / 2 ** 32;
  return Number((ntp >> 32n) - 2_208_988_800n) + Math.floor(fraction) / 1e6;
}

/** An address of 4 or 16 octets. */
export function address(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  const words = [0, 2, 4, 6, 8, 10, 12, 14].map((at) =>
    integer(octets.subarray(at, at + 2)).toString(16)
  );
  return new URL(`http://[${words.join(":")}]`).hostname.slice(1, -1);
}

export function text(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

/** A value of an element of the program's own, as the page about observing says how to read it. */
export function ownValue(octets: Uint8Array, type: number): unknown {
  const view = new DataView(octets.slice().buffer);
  switch (type) {
    case 0: // octetArray: an address
      return octets.length === 0 ? null : address(octets);
    case 1: // unsigned8: a boolean that may be null
      return [null, true, false][octets[0]!];
    case 7: {
      const value = view.getInt32(0);
      return value === -1 ? null : value;
    }
    case 8: {
      const value = view.getBigInt64(0);
      return value === -(2n ** 63n) ? null : Number(value);
    }
    case 10: {
      const value = view.getFloat64(0);
      return Number.isNaN(value) ? null : value;
    }
    case 11:
      return [undefined, true, false][octets[0]!];
    case 13:
      return text(octets);
    case 16:
      return integer(octets) === 0n ? null : time(octets);
  }
  return octets;
}
