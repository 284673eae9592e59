// Dials until this process may open no more sockets, and prints what the dialer says then, and how
// many descriptors are left once it is closed. Run by dialer_test.ts under a low limit.
import { Dialer } from "../../src/connect/dialer.ts";
import { Reactor } from "../../src/host/reactor.ts";

const openDescriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

const reactor = new Reactor();
const dialer = Dialer.tcp(reactor, { interface: "lo", ecnMark: () => 0 });
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
const remote = { address: "127.0.0.1", port: listener.addr.port };
const before = openDescriptors();
const dial = () => dialer.connect({ remote, socket: {}, timeoutMs: 60_000 });
const dialing = Promise.allSettled(Array.from({ length: 200 }, dial));
dialer.close();
const refused = (await dialing).find((one) => one.status === "rejected");
const left = openDescriptors() - before;
console.log(JSON.stringify({ message: String(refused?.reason?.message), left }));
listener.close();
reactor.close();
