import { Buffer } from "node:buffer";
// @ts-types="../../types/dns_packet.d.ts"
import dnsPacket from "dns-packet";
import type { ServicePort } from "../../contract/service.ts";

/** What a server says. */
export interface Said {
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Whether it closes the connection then. */
  readonly isLast: boolean;
}

/** A server's part of one connection. */
export interface ServerApp {
  /** Takes octets; null while it has nothing to say. */
  received(data: Uint8Array<ArrayBuffer>): Said | null;
}

/** What its names stand for: addresses for documentation (RFC 5737, RFC 3849). */
const ADDRESSES: Readonly<Record<string, string>> = { A: "192.0.2.1", AAAA: "2001:db8::1" };
const TTL = 60;
/** Flag of an answer by the name's own server (RFC 1035, section 4.1.1). */
const AUTHORITATIVE = 0x0400;

const BODY = "A path is transparent when what goes in comes out.\n";
/** HTTP/2's first frame, SETTINGS without any (RFC 9113, section 6.5). */
const SETTINGS = [0, 0, 0, 4, 0, 0, 0, 0, 0];

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** Begins what a server does on a connection to a port. One that speaks something else says nothing. */
export function appFor(ports: readonly ServicePort[]): ServerApp {
  if (ports.some(({ tls }) => tls)) return SILENT;
  if (ports.some(({ protocol }) => protocol === "http")) {
    return new HttpApp(ports.some(({ version }) => version === "2-cleartext"));
  }
  return ports.some(({ protocol }) => protocol === "dns") ? new DnsApp() : SILENT;
}

const SILENT: ServerApp = { received: () => null };

/** The answer to a datagram; null for none. */
export function answerTo(
  { protocol }: ServicePort,
  datagram: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | null {
  return protocol === "dns" ? dnsAnswer(datagram) : null;
}

/** HTTP/1.1, one request a connection; HTTP/2 where it is asked for by Upgrade and spoken. */
class HttpApp implements ServerApp {
  readonly #upgrades: boolean;
  #text = "";
  #answered = false;

  constructor(upgrades: boolean) {
    this.#upgrades = upgrades;
  }

  received(data: Uint8Array<ArrayBuffer>): Said | null {
    if (this.#answered) return null;
    this.#text += latin1.decode(data);
    if (!this.#text.includes("\r\n\r\n")) return null;
    this.#answered = true;
    if (this.#upgrades && /^upgrade: *h2c/im.test(this.#text)) {
      const head =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
      return { octets: Uint8Array.of(...encoder.encode(head), ...SETTINGS), isLast: false };
    }
    const isLast = /^connection: *close/im.test(this.#text);
    const head = [
      "HTTP/1.1 200 OK",
      "Content-Type: text/plain",
      `Content-Length: ${BODY.length}`,
      `Connection: ${isLast ? "close" : "keep-alive"}`,
    ];
    return { octets: encoder.encode(`${head.join("\r\n")}\r\n\r\n${BODY}`), isLast };
  }
}

/** DNS over TCP: each message behind its length (RFC 1035, section 4.2.2). */
class DnsApp implements ServerApp {
  #kept: readonly number[] = [];

  received(data: Uint8Array<ArrayBuffer>): Said | null {
    const octets = Uint8Array.of(...this.#kept, ...data);
    this.#kept = [...octets];
    if (octets.length < 2) return null;
    const length = octets[0]! << 8 | octets[1]!;
    if (octets.length < 2 + length) return null;
    this.#kept = [...octets.subarray(2 + length)];
    const answer = dnsAnswer(octets.subarray(2, 2 + length));
    if (answer === null) return null;
    const { length: size } = answer;
    return { octets: Uint8Array.of(size >> 8, size & 0xff, ...answer), isLast: false };
  }
}

/** The address of whatever name is asked for; null for what is no question. */
function dnsAnswer(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  try {
    const { questions } = dnsPacket.decode(Buffer.from(octets));
    const [question] = questions;
    if (question === undefined) return null;
    const { name, type } = question;
    const data = ADDRESSES[type];
    return new Uint8Array(dnsPacket.encode({
      type: "response",
      id: octets[0]! << 8 | octets[1]!,
      flags: AUTHORITATIVE,
      questions,
      answers: data === undefined ? [] : [{ name, type, ttl: TTL, data }],
    }));
  } catch {
    return null;
  }
}
