/** Of whom connections are counted together: whoever has one address of a network in IPv6 has all of them. */
import { assertEquals } from "@std/assert";
import { addressBytes, encodeSockaddr } from "../../../src/host/address.ts";
import { openNamespace, within } from "../../../src/host/enter_namespace.ts";
import { libc, must } from "../../../src/host/libc.ts";
import { SOCK_CLOEXEC, SOCK_STREAM } from "../../../src/host/socket_type.ts";
import { Listener } from "../../../src/serve/http/listener.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { rootTest } from "../../lab/root.ts";
import { until } from "../../until.ts";

const AF_INET6 = 10;
const MSG_DONTWAIT = 0x40;
/**
 * Of the server. None that the kernel gives: a client that binds its address may get the server's number,
 * and as a socket of this process with that port it counts as one more accepted connection.
 */
const PORT = 80;

/** A client that connects and does nothing. */
class IdleClient implements Disposable {
  readonly #fd = must("socket", libc.socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));

  /** In the namespace that this thread is in. */
  constructor(from: string, to: string) {
    const [own, server] = [
      encodeSockaddr(addressBytes(from), 0),
      encodeSockaddr(addressBytes(to), PORT),
    ];
    must("bind", libc.bind(this.#fd, own, own.length));
    must("connect", libc.connect(this.#fd, server, server.length));
  }

  /** Whether the server has ended its connection. */
  get isEnded(): boolean {
    return libc.recv(this.#fd, new Uint8Array(1), 1n, MSG_DONTWAIT) === 0;
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}

rootTest(
  "of too many connections a network in IPv6 has to give as one address of IPv4",
  async () => {
    using _state = new StateDirectory();
    using network = new TestNamespace();
    const few = Array.from({ length: 5 }, (_, at) => `fd02::a:${at}`);
    const many = Array.from({ length: 30 }, (_, at) => `fd01::${at + 1}:a`);
    for (const [addresses, dev] of [[few, "two"], [many, "one"]] as const) {
      for (const address of addresses) network.ip(`address add ${address}/64 dev ${dev} nodad`);
    }
    const namespace = openNamespace(`/run/netns/${network.name}`);
    using stack = new DisposableStack();
    stack.defer(() => void libc.close(namespace));
    const listener = within(namespace, () =>
      new Listener({
        options: { hostname: "fd01::1", port: PORT },
        handler: () => new Response(),
        limits: () => ({ most: 10, idle: 60_000, stuck: 60_000 }),
        log: { write: () => {} },
        broke: (error) => {
          throw error;
        },
      }));
    try {
      const open = (from: string) =>
        stack.use(within(namespace, () => new IdleClient(from, "fd01::1")));
      const crowd: IdleClient[] = [];
      // Among the others: whatever order they are looked at in, these are neither its first nor its last
      const guests = few.map((address, at) => {
        crowd.push(...many.slice(at * 6, at * 6 + 3).map(open));
        const guest = open(address);
        crowd.push(...many.slice(at * 6 + 3, at * 6 + 6).map(open));
        return guest;
      });
      const left = (clients: readonly IdleClient[]) =>
        clients.filter(({ isEnded }) => !isEnded).length;
      await until("there are no more than may be", () => left(guests) + left(crowd) === 10);
      assertEquals([left(guests), left(crowd)], [5, 5]);
    } finally {
      await listener.shutdown();
    }
  },
);
