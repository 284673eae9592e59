/**
 * Runs inside a lab's client: `tries.ts tcp|udp SECONDS TIMES TARGET...` connects to port 80 of
 * each target, or asks it a DNS question over UDP, TIMES at once. Connections are kept until the
 * end. Writes a list of JSON objects: the target, our port, and after how many seconds an answer
 * came, null when none came in SECONDS.
 */
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../src/host/address.ts";
import { ERRNO } from "../../src/host/errno.ts";
import { Reactor, READY } from "../../src/host/reactor.ts";
import {
  localEndpoint,
  openSocket,
  sendSome,
  startConnect,
  takeError,
} from "../../src/host/socket.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../src/host/ip_protocol.ts";

/** A question for the root's address, with recursion wanted (RFC 1035, section 4.1). */
const QUESTION = Uint8Array.of(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1);

const [transport, seconds, times, ...targets] = Deno.args;
const [protocol, port, ready] = transport === "tcp"
  ? [IPPROTO_TCP, 80, READY.write] as const
  : [IPPROTO_UDP, 53, READY.read] as const;

interface Try {
  readonly target: string;
  readonly port: number;
  seconds: number | null;
}

const reactor = new Reactor();
const found = Array.from({ length: Number(times) }, () => targets.map(begin)).flat();
const end = performance.now() + 1000 * Number(seconds);
reactor.onTurn(() => {
  if (performance.now() > end || found.every((one) => one.seconds !== null)) reactor.stop();
});
await reactor.run();
console.log(JSON.stringify(found));
Deno.exit();

function begin(target: string): Try {
  const bytes = addressBytes(target);
  const fd = openSocket(protocol, bytes.length === 4 ? AF_INET : AF_INET6);
  const begun = performance.now();
  const answer = startConnect(fd, encodeSockaddr(bytes, port));
  if (answer < 0 && answer !== -ERRNO.EINPROGRESS) throw new Error(`${target}: error ${-answer}`);
  const one: Try = { target, port: localEndpoint(fd).port, seconds: null };
  if (protocol === IPPROTO_UDP) sendSome(fd, QUESTION);
  reactor.add(fd, ready, () => {
    reactor.remove(fd);
    if (takeError(fd) === 0) one.seconds = (performance.now() - begun) / 1000;
  });
  return one;
}
