import type { TestNamespace } from "../../host/test_namespace.ts";
import { outcome, type ProgramRun, start } from "../../spider.ts";
import { until } from "../../until.ts";

/** The program as it watches interfaces in a namespace. */
export interface Watching {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<ProgramRun>;
}

/** Starts it, and waits until it captures: its packet sockets are the namespace's only ones. */
export async function watch(
  namespace: string,
  args: readonly string[],
  sockets = 1,
): Promise<Watching> {
  const within = (line: readonly string[]) => ["ip", "netns", "exec", namespace, ...line];
  const child = start(["observe", ...args], { within });
  await child.stdin.close();
  const ended = outcome(child);
  const list = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, "cat", "/proc/net/packet"],
  });
  await until("it captures", async () => {
    const { stdout } = await list.output();
    return new TextDecoder().decode(stdout).trim().split("\n").length > sockets;
  });
  return { child, ended };
}

/**
 * Waits until what is sent by an interface of a namespace, 10.N.0.1/24, arrives at its other end:
 * what is sent before the kernel has noticed that a link is up never leaves. Datagrams to 10.N.0.77
 * go there from then on.
 */
export async function connected(
  sandbox: TestNamespace,
  number: number,
  dev: string,
): Promise<void> {
  const to = `10.${number}.0.77`;
  sandbox.ip(`neigh replace ${to} lladdr 02:00:00:00:00:01 dev ${dev}`);
  await until(`${dev} carries what is sent`, () => {
    const count = `/sys/class/net/far-${dev}/statistics/rx_bytes`;
    const line = `read before < ${count}; echo > /dev/udp/${to}/7; read after < ${count}
      echo $((after - before))`;
    return Number(sandbox.exec("bash", "-c", line)) > 0;
  });
}

/** Sends datagrams of one octet, one after the other. */
export function send(sandbox: TestNamespace, ...endpoints: readonly string[]): void {
  const lines = endpoints.map((endpoint) => `echo > /dev/udp/${endpoint}`);
  sandbox.exec("bash", "-c", lines.join("\n"));
}
