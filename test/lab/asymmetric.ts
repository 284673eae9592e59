import { Journal } from "../../src/host/journal.ts";
import { run } from "../../src/host/run.ts";
import { waitFor } from "../../src/host/wait.ts";
import { startNginx } from "../../src/lab/nginx.ts";

let labs = 0;

/**
 * A client with two interfaces, `eth0` and `eth1`, and a server behind both. Everything leaves by
 * eth0. Answers of targets in the block `straight` come back there, those of `around` on eth1.
 */
export class AsymmetricLab implements Disposable {
  readonly client: string;
  readonly server: string;
  /** Notes what runs in the lab, which ends with it. */
  readonly journal = Journal.open();

  constructor() {
    const name = `spider-asym-${Deno.pid}-${++labs}`;
    this.client = `${name}-client`;
    this.server = `${name}-server`;
    for (const host of [this.client, this.server]) {
      this.journal.add({ kind: "netns", name: host });
      run("ip", ["netns", "add", host]);
      const off = ["all", "default"].map((place) =>
        `echo 0 > /proc/sys/net/ipv4/conf/${place}/rp_filter; ` +
        `echo 0 > /proc/sys/net/ipv6/conf/${place}/accept_dad`
      );
      this.exec(host, "sh", "-ec", off.join("; "));
      // Lets a server name any target's address as the source of a datagram
      this.exec(host, "sh", "-ec", "echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind");
      this.#ip(host, "link set lo up");
    }
    for (const at of [0, 1]) {
      run("ip", [
        ...["link", "add", "name", `eth${at}`, "index", `${10 + at}`, "netns", this.client],
        ...["type", "veth", "peer", "name", `to${at}`, "index", `${20 + at}`],
        ...["netns", this.server],
      ]);
      for (const [host, dev, end] of [[this.client, "eth", 1], [this.server, "to", 2]] as const) {
        this.#ip(host, `address add 10.41.${at}.${end}/24 dev ${dev}${at}`);
        this.#ip(host, `address add fd41:${at}::${end}/64 dev ${dev}${at} nodad`);
        this.#ip(host, `link set ${dev}${at} up`);
      }
    }
    this.#ip(this.client, "route add default via 10.41.0.2");
    this.#ip(this.client, "-6 route add default via fd41:0::2");
    this.#ip(this.server, "route add local 10.50.0.0/16 dev lo");
    this.#ip(this.server, "-6 route add local fd50::/16 dev lo");
    this.#ip(this.server, "route add 10.41.0.1 via 10.41.1.1 table 50");
    this.#ip(this.server, "-6 route add fd41:0::1 via fd41:1::1 table 50");
    this.#ip(this.server, "rule add from 10.50.1.0/24 lookup 50");
    this.#ip(this.server, "-6 rule add from fd50:1::/48 lookup 50");
    waitFor(
      "the links to come up",
      10_000,
      () =>
        [this.client, this.server].every((host) =>
          JSON.parse(run("ip", ["-n", host, "-j", "link"])).every((link: { operstate: string }) =>
            link.operstate !== "DOWN"
          )
        ),
    );
    startNginx(this.server, this.journal);
  }

  /** Targets that answer straight, or around. */
  addresses(way: "straight" | "around", family: 4 | 6, count: number): string[] {
    const block = way === "straight" ? 0 : 1;
    return Array.from(
      { length: count },
      (_, at) =>
        family === 4 ? `10.50.${block}.${at + 1}` : `fd50:${block}::${(at + 1).toString(16)}`,
    );
  }

  /** The command line that runs a command in the client's namespace. */
  within = (
    command: readonly string[],
  ): string[] => ["ip", "netns", "exec", this.client, ...command];

  /** Runs a program in a namespace, and gives what it wrote. */
  exec(host: string, ...command: string[]): string {
    return run("ip", ["netns", "exec", host, ...command]);
  }

  [Symbol.dispose](): void {
    this.journal.close();
  }

  #ip(host: string, words: string): void {
    run("ip", ["-n", host, ...words.split(" ")]);
  }
}
