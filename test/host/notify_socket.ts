import { libc, must } from "../../src/host/libc.ts";
import { unixAddress } from "../../src/host/service_manager.ts";
import { SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK } from "../../src/host/socket_type.ts";
import { until } from "../until.ts";

const AF_UNIX = 1;
const MOST = 4096;

/** A socket as a service manager has it, which keeps what it is told. */
export class NotifySocket implements Disposable {
  /** What NOTIFY_SOCKET says. */
  readonly name: string;
  readonly #fd: number;
  readonly #told: Record<string, string>[] = [];

  /** @param name a path, or `@` and a name */
  constructor(name: string) {
    this.name = name;
    const address = unixAddress(name);
    const type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    this.#fd = must("socket", libc.socket(AF_UNIX, type, 0));
    must("bind", libc.bind(this.#fd, address, address.length));
  }

  /** All that it was told until now, a record a datagram. */
  told(): readonly Readonly<Record<string, string>>[] {
    const octets = new Uint8Array(MOST);
    for (;;) {
      const length = libc.recv(this.#fd, octets, BigInt(MOST), 0);
      if (length < 0) return this.#told;
      const text = new TextDecoder().decode(octets.subarray(0, length));
      this.#told.push(Object.fromEntries(
        text.split("\n").map((line) => {
          const at = line.indexOf("=");
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      ));
    }
  }

  /** How often it was told a variable. */
  count(variable: string): number {
    return this.told().filter((state) => variable in state).length;
  }

  /** Waits until it was told a variable, more than some times. */
  async heard(variable: string, times = 0): Promise<void> {
    await until(`${variable} is told`, () => this.count(variable) > times);
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}
