import { createHash } from "node:crypto";

/** The message contradicts itself. */
class Fault extends Error {}

/** What a hello says, by the names of fields. */
export type SlowHello = Readonly<Record<string, unknown>>;

const GREASE = Array.from({ length: 16 }, (_, i) => (i * 16 + 10) * 257);
const hex = (value: number) => value.toString(16).padStart(4, "0");
const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** Octets that are read from the front. */
class Reader {
  #octets: readonly number[];

  constructor(octets: readonly number[]) {
    this.#octets = octets;
  }

  get isEmpty(): boolean {
    return this.#octets.length === 0;
  }

  take(count: number): readonly number[] {
    if (count > this.#octets.length) throw new Fault();
    const taken = this.#octets.slice(0, count);
    this.#octets = this.#octets.slice(count);
    return taken;
  }

  number(octets: number): number {
    return this.take(octets).reduce((sum, octet) => sum * 256 + octet, 0);
  }

  vector(octets: number): Reader {
    return new Reader(this.take(this.number(octets)));
  }

  pairs(): number[] {
    const pairs: number[] = [];
    while (!this.isEmpty) pairs.push(this.number(2));
    return pairs;
  }

  rest(): readonly number[] {
    return this.take(this.#octets.length);
  }
}

const shown = (values: readonly number[]) => values.filter((value) => !GREASE.includes(value));

/**
 * The fields of a flow whose only payload is this, which goes to its end; null where it begins no hello.
 *
 * @param cut whether the capture has less of it than there was
 */
export function slowHello(octets: readonly number[], cut: boolean): SlowHello | null {
  const [type, major, minor, , , kind, high] = octets;
  if (octets.length < 7 || type !== 22 || major !== 3 || minor! > 4) return null;
  if (kind !== 1 && kind !== 2 || high !== 0) return null;
  const message: number[] = [];
  let rest = octets;
  const wanted = () =>
    message.length < 4 ? 4 : 4 + message[1]! * 65_536 + message[2]! * 256 + message[3]!;
  while (message.length < wanted()) {
    const tooShort = rest.length < 5;
    if (tooShort) return incomplete(octets, 5 - rest.length + wanted() - message.length, cut);
    const length = rest[3]! * 256 + rest[4]!;
    if (rest[0] !== 22 || rest[1] !== 3 || length === 0 || length > 16_384) {
      return { tls_unread: "malformed" };
    }
    message.push(...rest.slice(5, 5 + length));
    if (message.length >= 4 && wanted() > 16_384) return { tls_unread: "long" };
    if (message.length < wanted() && rest.length < 5 + length) {
      return incomplete(octets, wanted() - message.length, cut);
    }
    rest = rest.slice(5 + length);
  }
  return read(message.slice(4, wanted()), kind === 1 ? (hello) => client(hello, "t") : server);
}

/** The fields of a ClientHello without records, by the letter that JA4 has for what it came over. */
export function slowClientHello(octets: readonly number[], over: "t" | "q"): SlowHello {
  return read(octets.slice(4), (hello) => client(hello, over));
}

function read(body: readonly number[], as: (hello: Reader) => SlowHello): SlowHello {
  try {
    return as(new Reader(body));
  } catch (error) {
    if (error instanceof Fault) return { tls_unread: "malformed" };
    if (error instanceof RangeError) return { tls_unread: "long" };
    throw error;
  }
}

function incomplete(octets: readonly number[], missing: number, cut: boolean): SlowHello {
  if (cut) return { tls_unread: "cut" };
  return { tls_unread: octets.length + missing > 16_384 ? "long" : "incomplete" };
}

function server(hello: Reader): SlowHello {
  let version = hello.number(2);
  hello.take(32);
  hello.vector(1);
  hello.take(3);
  for (const [type, body] of extensions(hello)) {
    if (type === 43 && body.length === 2) version = body[0]! * 256 + body[1]!;
  }
  return { tls_version: version };
}

/** One after the other, so that the first fault is found first. */
function* extensions(hello: Reader): Generator<[number, readonly number[]]> {
  if (hello.isEmpty) return;
  const list = hello.vector(2);
  if (!hello.isEmpty) throw new Fault();
  while (!list.isEmpty) yield [list.number(2), list.vector(2).rest()];
}

/** A list in an extension that it fills. */
function filling(body: readonly number[], octets: number): Reader {
  const reader = new Reader(body);
  const list = reader.vector(octets);
  if (!reader.isEmpty) throw new Fault();
  return list;
}

function few<Value>(values: Value[]): Value[] {
  if (values.length > 512) throw new RangeError();
  return values;
}

function client(hello: Reader, over: "t" | "q"): SlowHello {
  const legacy = hello.number(2);
  hello.take(32);
  hello.vector(1);
  const ciphers = few(shown(hello.vector(2).pairs()));
  hello.vector(1);
  const types: number[] = [];
  let name: string | null = null;
  let protocols: string[] | null = null;
  let versions: number[] | null = null;
  let algorithms: number[] = [];
  const text = (octets: readonly number[]) => String.fromCharCode(...octets);
  for (const [type, body] of extensions(hello)) {
    if (shown([type]).length === 0) continue;
    types.push(type);
    few(types);
    if (type === 0) {
      const list = filling(body, 2);
      if (body.length >= 5) {
        const kind = list.number(1);
        const octets = list.vector(2).rest();
        if (kind === 0 && octets.length > 255) throw new RangeError();
        if (kind === 0) name = text(octets) || null;
      }
    } else if (type === 16) {
      const list = filling(body, 2);
      const found: string[] = [];
      while (!list.isEmpty) {
        const protocol = list.vector(1).rest();
        if (protocol.length === 0) throw new Fault();
        found.push(text(protocol));
      }
      if (body.length > 257) throw new RangeError();
      protocols = found.length > 0 ? found : null;
    } else if (type === 13) algorithms = few(shown(filling(body, 2).pairs()));
    else if (type === 43) versions = shown(filling(body, 1).pairs());
  }
  const best = versions !== null && versions.length > 0 ? Math.max(...versions) : legacy;
  const names: Readonly<Record<number, string>> = {
    [0x0304]: "13",
    [0x0303]: "12",
    [0x0302]: "11",
    [0x0301]: "10",
    [0x0300]: "s3",
    [0x0002]: "s2",
  };
  const count = (values: readonly unknown[]) => `${Math.min(99, values.length)}`.padStart(2, "0");
  const sorted = (values: readonly number[]) => values.map(hex).sort().join();
  const listed = sorted(types.filter((type) => type !== 0 && type !== 16));
  const signed = algorithms.length > 0 ? `_${algorithms.map(hex).join()}` : "";
  return {
    tls_versions: versions?.slice(0, 32).length ? versions.slice(0, 32) : null,
    tls_sni: name,
    tls_alpn: protocols,
    tls_ja4: [
      over,
      names[best] ?? "00",
      types.includes(0) ? "d" : "i",
      count(ciphers),
      count(types),
      protocolMark(protocols?.[0]),
      `_${ciphers.length === 0 ? "000000000000" : digest(sorted(ciphers))}`,
      `_${listed === "" ? "000000000000" : digest(listed + signed)}`,
    ].join(""),
    tls_ech: types.includes(0xfe0d),
  };
}

function protocolMark(first: string | undefined): string {
  if (first === undefined) return "00";
  const ends = first[0]! + first.at(-1)!;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const octets = [...first].map((one) => one.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return octets[0]! + octets.at(-1)!;
}
