import { be16, join } from "./packets.ts";

/** Parts of a ClientHello, any of which may be missing. */
export interface ClientHello {
  version?: number;
  session?: number;
  ciphers?: readonly number[];
  extensions?: readonly (readonly [type: number, body: Uint8Array | readonly number[]])[];
}

const vector = (octets: Uint8Array | readonly number[]) => join(be16(octets.length), octets);
const list = (values: readonly number[]) => values.flatMap(be16);

/** Extensions with right lengths. */
export const sni = (name: string) =>
  [0, vector(join([0], vector(new TextEncoder().encode(name))))] as const;
export const alpn = (...protocols: readonly string[]) =>
  [16, vector(protocols.flatMap((one) => [one.length, ...new TextEncoder().encode(one)]))] as const;
export const supportedVersions = (...versions: readonly number[]) =>
  [43, [versions.length * 2, ...list(versions)]] as const;
export const signatureAlgorithms = (...values: readonly number[]) =>
  [13, vector(list(values))] as const;

/** A handshake message in records of at most some octets. */
export function handshake(type: number, body: Uint8Array, most = 16_384): Uint8Array<ArrayBuffer> {
  const message = join([type, body.length >> 16], be16(body.length & 0xffff), body);
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += most) {
    records.push(join([22, 3, 1], vector(message.slice(at, at + most))));
  }
  return join(...records);
}

function extended(extensions: ClientHello["extensions"] = []): Uint8Array {
  return vector(join(...extensions.map(([type, body]) => join(be16(type), vector(body)))));
}

/** A ClientHello in a record. */
export function clientHello(
  { version = 0x0303, session = 32, ciphers = [0x1301], extensions }: ClientHello = {},
  most?: number,
): Uint8Array<ArrayBuffer> {
  const body = join(
    be16(version),
    new Uint8Array(32),
    [session],
    new Uint8Array(session),
    vector(list(ciphers)),
    [1, 0],
    extensions === undefined ? [] : extended(extensions),
  );
  return handshake(1, body, most);
}

/** A ServerHello in a record. */
export function serverHello(version: number, chosen?: number): Uint8Array<ArrayBuffer> {
  const extensions = chosen === undefined ? [] : extended([[43, be16(chosen)]]);
  return handshake(2, join(be16(version), new Uint8Array(32), [0], be16(0x1301), [0], extensions));
}
