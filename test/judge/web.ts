/** Scripts of what runs over a connection: hellos of TLS, messages of HTTP, datagrams of QUIC. */
import { ACK, be16, be32, join, SYN } from "../data/packets.ts";
import { crypto, initial } from "../data/quic.ts";
import {
  alpn,
  clientHello,
  serverHello,
  signatureAlgorithms,
  sni,
  supportedVersions,
} from "../data/tls.ts";
import { type Line, pick, type Random, soon } from "./conversation.ts";

/** A connection in which each side says one thing. */
function exchange(next: Random, asks: Uint8Array, answers: Uint8Array): Line[] {
  const line = (reverse: boolean, flags: number, payload: Uint8Array | number = 0): Line => ({
    after: soon(next),
    reverse,
    content: { kind: "tcp", flags, sequence: reverse ? 9000 : 5000, payload },
  });
  return [
    line(false, SYN),
    line(true, SYN | ACK),
    line(false, ACK, asks),
    line(true, ACK, answers),
    line(false, ACK),
  ];
}

/** Hellos of both sides. */
export function tlsHellos(next: Random): Line[] {
  const reserved = (next(16) * 16 + 10) * 257;
  const some = [
    [reserved, []] as const,
    sni(pick(next, ["a.example", "www.example.org", "x"])),
    alpn(...pick(next, [["h2", "http/1.1"], ["http/1.1"], ["h3"]])),
    supportedVersions(...pick(next, [[0x0304, 0x0303], [reserved, 0x0303, 0x0302], [0x0304]])),
    signatureAlgorithms(...pick(next, [[0x0403], [0x0804, 0x0401, 0x0503], [reserved, 0x0403]])),
    [23, []] as const,
    [35, []] as const,
    [0xff01, [0]] as const,
  ];
  const asks = clientHello({
    version: 0x0301 + next(3),
    ciphers: [...next(2) ? [reserved] : [], 0x1301, 0x1302, 0xc02f, 0xc02b, 0x009c].slice(next(3)),
    ...(next(8) === 0 ? {} : { extensions: some.filter(() => next(4) > 0) }),
  });
  return exchange(
    next,
    asks,
    pick(next, [serverHello(0x0303, 0x0304), serverHello(0x0303), serverHello(0x0302)]),
  );
}

const octets = (text: string) => new TextEncoder().encode(text);
const REQUESTS = ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST /a?b=c HTTP/1.0\r\n\r\n"].map(octets);
const RESPONSES = ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 404 Not Found\r\n\r\n"].map(octets);
const SETTINGS = Uint8Array.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100);
const PREFACE = join(octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), SETTINGS);

/** A request and a response, or what HTTP/2 begins with. */
export function httpMessages(next: Random): Line[] {
  return next(3) === 0
    ? exchange(next, PREFACE, SETTINGS)
    : exchange(next, pick(next, REQUESTS), pick(next, RESPONSES));
}

/** Long headers both ways; in those of a client that are padded as they have to be there is its hello. */
export function quicHeaders(next: Random): Line[] {
  const version = pick(next, [1, 1, 0x6b3343cf, 0xff00001d, 0x1a2a3a4a]);
  const some = (length: number) => Array.from({ length }, () => next(256));
  const [client, server] = [some(8 + next(13)), some(next(21))];
  const line = (reverse: boolean, payload: Uint8Array): Line => ({
    ...{ after: soon(next), reverse },
    content: { kind: "udp", payload, zero: false },
  });
  const message = clientHello({
    ciphers: [0x1301, 0x1302].slice(next(2)),
    extensions: [
      sni(pick(next, ["a.example", "x"])),
      alpn("h3"),
      supportedVersions(0x0304),
      signatureAlgorithms(0x0403, 0x0804),
      [57, some(next(40))],
    ],
  }).slice(5);
  const half = next(message.length);
  const form = { version, destination: client, source: server };
  const pieces = [crypto(half, message.slice(half)), crypto(0, message.slice(0, half))];
  const header = join(
    ...[[0xc0 | next(16)], be32(version), [server.length], server, [client.length], client],
    ...[[0], be16(0x4000 | 1150), some(1150)],
  );
  return [line(false, initial(join(...pieces), form)), line(true, header)];
}
