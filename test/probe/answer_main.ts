/**
 * Runs in a lab's server, whose kernel answers no echo requests, and answers them itself: by the last
 * octet of the address that was asked, as `ANSWERS` says. Writes a line when it listens; ends when
 * it is killed.
 */
import { addressBytes, AF_INET, encodeSockaddr } from "../../src/host/address.ts";
import { libc, must } from "../../src/host/libc.ts";

const SOCK_RAW = 3;
const IPPROTO_ICMP = 1;
const ECHO_REQUEST = 8;

/** An answer to a request, which is an IPv4 packet. */
interface Answer {
  readonly message: Uint8Array<ArrayBuffer>;
  /** Who it says it is from, instead of the address that was asked. */
  readonly from?: string;
}

const ANSWERS: Readonly<Record<number, (request: Uint8Array) => Answer | readonly Answer[]>> = {
  1: (request) => ({ message: timeExceeded(request, [0x00010140 | 0, 0xfffff1ff | 0]) }),
  2: (request) => ({ message: icmp(11, 0, request.subarray(0, 28)) }),
  3: (request) => ({ message: icmp(11, 0, elsewhere(request)) }),
  4: (request) => ({
    message: icmp(0, 0, request.subarray(24), rest(request)),
    from: "10.20.9.99",
  }),
  5: (request) => ({ message: icmp(3, 1, request.subarray(0, 28)) }),
  6: () => ({ message: icmp(11, 0, new Uint8Array(0)) }),
  7: (request) => {
    const message = timeExceeded(request, [0x00010140]);
    message[8 + 128 + 4] = 0xff; // an object that is longer than the message
    return { message: summed(message) };
  },
  8: (request) => [
    // What others say of packets that were never sent comes before the target's own word
    { message: icmp(11, 0, elsewhere(request)), from: "10.20.9.99" },
    { message: icmp(3, 1, elsewhere(request)), from: "10.20.9.99" },
    { message: icmp(0, 0, request.subarray(24), rest(elsewhere(request))), from: "10.20.9.99" },
    { message: icmp(11, 0, request.subarray(0, 20)), from: "10.20.9.99" },
    { message: icmp(0, 0, request.subarray(24), rest(request)) },
  ],
};

/** The identifier and sequence number of an echo request. */
function rest(request: Uint8Array): Uint8Array {
  return request.subarray(24, 28);
}

/** The same request with another sequence number. */
function elsewhere(request: Uint8Array): Uint8Array {
  const other = request.slice(0, 28);
  other[26] = other[26]! ^ 0x40;
  return other;
}

/** Time exceeded with an MPLS label stack behind 128 octets of quotation (RFC 4884, RFC 4950). */
function timeExceeded(request: Uint8Array, labels: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(128 + 4 + 4 + labels.length * 4);
  body.set(request.subarray(0, 128));
  const view = new DataView(body.buffer);
  view.setUint8(128, 0x20);
  view.setUint16(132, 4 + labels.length * 4);
  view.setUint8(134, 1);
  view.setUint8(135, 1);
  labels.forEach((label, at) => view.setInt32(136 + at * 4, label));
  return icmp(11, 0, body, new Uint8Array([0, 32, 0, 0]));
}

function icmp(
  type: number,
  code: number,
  body: Uint8Array,
  second: Uint8Array = new Uint8Array(4),
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(8 + body.length);
  message.set([type, code]);
  message.set(second, 4);
  // The body of an echo begins behind its second word
  message.set(type === 0 ? body.subarray(4) : body, 8);
  return summed(type === 0 ? message.subarray(0, 4 + body.length) : message);
}

/** The message with the Internet checksum (RFC 1071). */
function summed(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  message.set([0, 0], 2);
  let sum = 0;
  message.forEach((octet, at) => sum += at % 2 === 0 ? octet << 8 : octet);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  message.set([(~sum >> 8) & 0xff, ~sum & 0xff], 2);
  return message;
}

function send({ message, from }: Answer, asked: Uint8Array, asker: Uint8Array): void {
  const fd = must("socket", libc.socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  const source = encodeSockaddr(from === undefined ? asked : addressBytes(from), 0);
  must("bind", libc.bind(fd, source, source.length));
  const to = encodeSockaddr(asker, 0);
  must("connect", libc.connect(fd, to, to.length));
  must("send", libc.send(fd, message, BigInt(message.length), 0));
  libc.close(fd);
}

const listening = must("socket", libc.socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
const buffer = new Uint8Array(2048);
console.log("listening");
for (;;) {
  const length = libc.recv(listening, buffer, BigInt(buffer.length), 0);
  if (length < 28 || buffer[20] !== ECHO_REQUEST) continue;
  const request = buffer.slice(0, length);
  const answers = [ANSWERS[request[19]!]?.(request) ?? []].flat();
  for (const answer of answers) send(answer, request.subarray(16, 20), request.subarray(12, 16));
}
