import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../../lab/root.ts";
import { results, start } from "../../spider.ts";
import { until } from "../../until.ts";
import { connected, sendAgain } from "./watching.ts";

/** The program while it runs, with what it has said so far. */
class Running {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  out = "";
  err = "";

  constructor(namespace: string, args: readonly string[]) {
    const within = (line: readonly string[]) => ["ip", "netns", "exec", namespace, ...line];
    this.#child = start(["observe", ...args], { within });
    const { stdin, stdout, stderr } = this.#child;
    const keep = async (stream: ReadableStream<Uint8Array>, to: "out" | "err") => {
      const decoder = new TextDecoder();
      for await (const part of stream) this[to] += decoder.decode(part, { stream: true });
    };
    this.#read = Promise.all([stdin.close(), keep(stdout, "out"), keep(stderr, "err")]);
  }

  /** Waits until it has said a line so many times. */
  async says(line: string, times = 1): Promise<void> {
    await until(`${line} in ${this.err}`, () => this.err.split(`${line}\n`).length > times);
  }

  /** Sends SIGINT, and gives the exit status. */
  interrupt(): Promise<number> {
    this.#child.kill("SIGINT");
    return this.end();
  }

  /** Waits for its end, and gives the exit status. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#read;
    return code;
  }
}

/** Makes an interface of a namespace that leads nowhere, and waits until it carries what is sent. */
async function make(sandbox: TestNamespace, number: number, dev: string): Promise<void> {
  sandbox.ip(`link add ${dev} type veth peer name far-${dev}`);
  sandbox.ip(`address add 10.${number}.0.1/24 dev ${dev}`);
  for (const end of [dev, `far-${dev}`]) sandbox.ip(`link set dev ${end} up`);
  await connected(sandbox, number, dev);
}

rootTest(
  "--wait goes on with interfaces that come, vanish, come again, go down and up",
  async () => {
    using sandbox = new TestNamespace();
    using folder = new Folder();
    await connected(sandbox, 1, "one");
    const [kept, stats] = [folder.at("kept.pcapng"), folder.at("stats.json")];
    const args = ["-i", "late", "-i", "one", "--wait", "--filter", "udp port 9"];
    const running = new Running(sandbox.name, [...args, "--write", kept, "--stats", stats]);
    await running.says("late: there is no such interface; waiting for it");
    const sendBoth = () => {
      for (const number of [1, 4]) sendAgain(sandbox, number);
    };
    await make(sandbox, 4, "late");
    await running.says("late: the interface is there");
    sendBoth();
    sandbox.ip("link delete dev late");
    await running.says("late: the interface is gone; waiting for it");
    sendAgain(sandbox, 1);
    await make(sandbox, 4, "late");
    await running.says("late: the interface is there", 2);
    sendBoth();
    sandbox.ip("link set dev one down");
    await running.says("one: the interface went down; waiting for it");
    sendAgain(sandbox, 4);
    sandbox.ip("link set dev one up");
    await running.says("one: the interface is there");
    await connected(sandbox, 1, "one");
    sendBoth();
    sandbox.ip("link delete dev late");
    await running.says("late: the interface is gone; waiting for it", 2);
    assertEquals([await running.interrupt(), running.err.includes("spider:")], [0, false]);
    // Flows went on: each is one record, with all its packets
    const counts = results(running.out).map(({ dip, pkt_fwd }) => [dip, pkt_fwd]).sort();
    assertEquals(counts, [["10.1.0.77", 4], ["10.4.0.77", 4]], running.err);
    const found = JSON.parse(folder.text("stats.json"));
    assertEquals([found.ended, found.packets, found.dropped_by_kernel], ["interrupted", 8, 0]);
    const each = found.interfaces.map((
      { name, packets }: Record<string, unknown>,
    ) => [name, packets]);
    assertEquals(each.sort(), [["late", 4], ["one", 4]]);
    const [late, one] = found.remarks;
    assertMatch(late, /^late was waited for 3 times, \d.* in all$/);
    assertMatch(one, /^one was waited for 1 time, \d.* in all$/);
    const again = await inProcess(["observe", "-i", kept]);
    assertEquals(again.out.split("\n").sort(), running.out.split("\n").sort());
  },
);

rootTest("while it waits flows end by their timeouts, and Ctrl-C ends it in order", async () => {
  using sandbox = new TestNamespace();
  await connected(sandbox, 1, "one");
  const args = ["-i", "one", "-i", "two", "--wait", "--filter", "udp port 9", "--idle", "0.2"];
  sandbox.ip("link set dev two down");
  const running = new Running(sandbox.name, args);
  await running.says("two: the interface is down; waiting for it");
  sendAgain(sandbox, 1);
  sandbox.ip("link delete dev one");
  await running.says("one: the interface is gone; waiting for it");
  await until("a flow has ended", () => running.out !== "");
  assertEquals([await running.interrupt(), results(running.out).length], [0, 1]);
  assertMatch(running.err, /\n1 packet, 1 flow, interrupted\none was waited for 1 time, .*\.\n/);
});

rootTest("--wait ends with what waiting does not mend", async () => {
  using sandbox = new TestNamespace();
  const filter = ["--filter", "ether host 02:00:00:00:00:01", "--snaplen", "100"];
  const running = new Running(sandbox.name, ["-i", "tun0", "-i", "one", "--wait", ...filter]);
  await running.says("tun0: there is no such interface; waiting for it");
  sandbox.ip("tuntap add dev tun0 mode tun");
  sandbox.ip("link set dev tun0 up");
  assertEquals(await running.end(), 1);
  assertMatch(
    running.err,
    /\nspider: the capture on tun0, one breaks off: the filter ".*" is not /,
  );
});
