import { be16, join } from "../data/packets.ts";

/**
 * A record with a ClientHello that asks for a server by its name (RFC 8446, section 4.1.2), and
 * offers protocols (RFC 7301, section 3.1).
 */
export function clientHello(
  name: string,
  protocols: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const octets = new TextEncoder().encode(name);
  const list = join([0], be16(octets.length), octets);
  const serverName = join(be16(0), be16(list.length + 2), be16(list.length), list);
  const versions = [0, 43, 0, 3, 2, 3, 4];
  const offered = join(
    ...protocols.map((one) => join([one.length], new TextEncoder().encode(one))),
  );
  const alpn = join(be16(16), be16(offered.length + 2), be16(offered.length), offered);
  const extensions = join(versions, serverName, ...(protocols.length > 0 ? [alpn] : []));
  const body = join(
    [3, 3],
    new Uint8Array(32).fill(7),
    [4, 1, 2, 3, 4],
    [0, 2, 0x13, 1],
    [1, 0],
    be16(extensions.length),
    extensions,
  );
  const message = join([1, 0], be16(body.length), body);
  return join([22, 3, 1], be16(message.length), message);
}
