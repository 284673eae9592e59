/**
 * The system calls of connections, one after the other, and nothing else: what no measurement over
 * sockets on this machine can be faster than. `sockets_main.ts JSON`, see {@linkcode SocketWork}; the
 * file has an address a line. Writes as JSON how many were answered, and in how many seconds.
 */
import { addressBytes, AF_INET, encodeSockaddr } from "../../../src/host/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../../src/host/ip_protocol.ts";
import { libc, must } from "../../../src/host/libc.ts";
import { READY } from "../../../src/host/reactor.ts";
import {
  closeSocket,
  openSocket,
  receiveSome,
  sendSome,
  setLocalPorts,
  setMark,
  startConnect,
} from "../../../src/host/socket.ts";
import type { SocketWork } from "./bare.ts";

const EPOLL_CLOEXEC = 0o2000000;
const [ADD, DEL, MOD] = [1, 2, 3];
const BATCH = 1024;
const WAIT = 20;
// struct epoll_event, in words of 32 bits: see `Reactor`
const WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
const DATA = WORDS - 2;

const { protocol, port, question, window, timeout, path }: SocketWork = JSON.parse(Deno.args[0]!);
const transport = protocol === "tcp" ? IPPROTO_TCP : IPPROTO_UDP;
const asked = question === null ? null : Uint8Array.from(question);
const remotes = Deno.readTextFileSync(path).trimEnd().split("\n")
  .map((address) => encodeSockaddr(addressBytes(address), port));

const epoll = must("epoll_create1", libc.epoll_create1(EPOLL_CLOEXEC));
const events = new Uint32Array(BATCH * WORDS);
const change = new Uint32Array(WORDS);
const own = new Uint8Array(28);
const ownLength = new Uint32Array([own.length]);
const answer = new Uint8Array(64 * 1024);
/** What is under way, in the order of its begin: when each began, and whether its question is out. */
const open = new Map<number, { readonly began: number; waits: boolean }>();

let next = 0;
let answered = 0;
const begin = performance.now();
while (next < remotes.length || open.size > 0) {
  while (next < remotes.length && open.size < window) start(next++);
  const count = libc.epoll_wait(epoll, events, BATCH, WAIT);
  for (let at = 0; at < count * WORDS; at += WORDS) ready(events[at + DATA]!, events[at]!);
  expire();
}
console.log(JSON.stringify({ answered, seconds: (performance.now() - begin) / 1000 }));

function start(at: number): void {
  const fd = must("socket", openSocket(transport, AF_INET));
  setLocalPorts(fd, 0, 0);
  // As one of two arms does
  if (at % 2 === 1) setMark(fd, 0);
  startConnect(fd, remotes[at]!);
  libc.getsockname(fd, own, ownLength);
  open.set(fd, { began: performance.now(), waits: false });
  if (protocol === "udp") ask(fd, ADD);
  else watch(fd, ADD, READY.write);
}

function ready(fd: number, bits: number): void {
  const failed = bits & (READY.error | READY.hangUp);
  if (asked !== null && !failed && !open.get(fd)!.waits) return ask(fd, MOD);
  if (failed && asked === null) return end(fd);
  if (asked === null || receiveSome(fd, answer) > 0) answered++;
  end(fd);
}

function ask(fd: number, operation: number): void {
  open.get(fd)!.waits = true;
  if (asked !== null) sendSome(fd, asked);
  watch(fd, operation, READY.read);
}

function watch(fd: number, operation: number, bits: number): void {
  change[0] = bits;
  change[DATA] = fd;
  must("epoll_ctl", libc.epoll_ctl(epoll, operation, fd, change));
}

function end(fd: number): void {
  watch(fd, DEL, 0);
  closeSocket(fd);
  open.delete(fd);
}

function expire(): void {
  const before = performance.now() - timeout * 1000;
  for (const [fd, { began }] of open) {
    if (began > before) return;
    end(fd);
  }
}
