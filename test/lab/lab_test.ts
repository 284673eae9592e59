import { assert, assertEquals, assertThrows } from "@std/assert";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { run } from "../../src/host/run.ts";
import { restore } from "../../src/host/restore.ts";
import { waitFor } from "../../src/host/wait.ts";
import { Lab } from "../../src/lab/lab.ts";
import { block, MIDDLEBOXES, type MiddleboxName } from "../../src/lab/middlebox/registry.ts";
import { hold } from "../host/hold.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "./root.ts";

const KINDS = MIDDLEBOXES.map((box) => box.name);
const FAMILIES = [4, 6] as const;

/** The outcome of asking for a page without ECN, where that is not "answered". */
const OUTCOMES: Partial<Record<MiddleboxName, readonly string[]>> = {
  "drop-all": ["silent"],
  "drop-plain-syn": ["silent"],
  "drop-no-dscp": ["silent"],
  "drop-ts-syn": ["silent"],
  "drop-ws-syn": ["silent"],
  "drop-sack-syn": ["silent"],
  // IPv6 has no evil bit, so this box drops nothing there
  "drop-good": ["silent", "answered"],
  "refuse": ["ConnectionRefused"],
  // The answer may arrive while the socket still sends; then the kernel tries a second SYN.
  "unreachable": ["HostUnreachable", "PermissionDenied", "Error", "silent"],
};

function knock(lab: Lab, targets: readonly string[]): string[] {
  const script = fileURLToPath(new URL("knock.ts", import.meta.url));
  const [program, ...args] = lab.exec([Deno.execPath(), "run", "-A", script, ...targets]);
  return JSON.parse(run(program, args));
}

/** What a lab could leave on the machine, except what belongs to another process's lab. */
function machine(pid: number): string {
  const views = ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"];
  const spaces = run("ip", ["netns", "list"]).split("\n").filter((line) =>
    line.includes(`-${pid}-`)
  );
  return [...views.map((words) => run("ip", words.split(" "))), ...spaces].join("\n");
}

/** The directories that a process's labs have made. */
function directories(pid: number): string[] {
  return [...Deno.readDirSync(tmpdir())].map((entry) => entry.name)
    .filter((name) => name.startsWith(`spider-lab-${pid}-`));
}

Deno.test("every kind of middlebox has targets of its own", () => {
  const seen = new Map<string, string>();
  for (const family of FAMILIES) {
    for (const kind of KINDS) {
      const { size, at } = block(kind, family);
      for (const index of [0, 1, 253, size - 1]) {
        const target = at(index);
        assert((seen.get(target) ?? kind) === kind, `${target}: ${kind}, ${seen.get(target)}`);
        seen.set(target, kind);
      }
    }
  }
  assertEquals(block("transparent", 4).at(254), "10.20.129.1");
  assertEquals(block("transparent", 4).at(32_511), "10.20.255.254");
  assertEquals(block("drop-all", 6).at(65_534), "fd53:7069:6465:20::2:ffff");
});

rootTest("each middlebox treats a plain connection as it should, in both families", () => {
  const before = machine(Deno.pid);
  {
    using lab = Lab.open({ routers: 3 });
    assertEquals(lab.routers.length, 3);
    assertThrows(() => lab.addresses("refuse", 4, 255), RangeError);
    for (const family of FAMILIES) {
      const targets = KINDS.flatMap((kind) => lab.addresses(kind, family, 2));
      const outcomes = knock(lab, targets);
      KINDS.forEach((kind, index) => {
        const expected = OUTCOMES[kind] ?? ["answered"];
        for (const outcome of outcomes.slice(index * 2, index * 2 + 2)) {
          assert(expected.includes(outcome), `${kind} over IPv${family}: ${outcome}`);
        }
      });
    }
  }
  assertEquals(machine(Deno.pid), before);
});

rootTest(
  "a marked socket asks for ECN on the wire, another at the same time does not",
  async () => {
    using lab = Lab.open();
    const targets = FAMILIES.flatMap((family) => lab.addresses("transparent", family, 2));
    const rules = targets.flatMap((target) => {
      const to = `${target.includes(":") ? "ip6" : "ip"} daddr ${target}`;
      return ["(syn|ecn|cwr)", "syn"]
        .map((flags) => `${to} tcp flags & (syn|ack|ecn|cwr) == ${flags} counter`);
    });
    const [router = ""] = lab.routers;
    run(
      "ip",
      ["netns", "exec", router, "nft", "-f", "-"],
      `table inet count {
  chain syns {
    type filter hook prerouting priority raw
    ${rules.join("\n    ")}
  }
}
`,
    );
    const counted = () =>
      [
        ...run("ip", ["netns", "exec", router, "nft", "list", "table", "inet", "count"])
          .matchAll(/counter packets (\d+)/g),
      ].map((match) => Number(match[1]));
    const holder = await hold<number>(["ecn", lab.interface, ...targets], lab.client);
    waitFor(
      "a SYN with ECN and one without to each target",
      5000,
      () => counted().every((packets) => packets > 0),
    );
    assertEquals(counted(), rules.map(() => 1));
    await holder.end();
  },
);

rootTest("closing a lab ends what runs in it, twice is once", async () => {
  const lab = Lab.open();
  const [program, ...args] = lab.exec(["sleep", "1000"]);
  const child = new Deno.Command(program, { args }).spawn();
  lab.close();
  lab.close();
  assertEquals((await child.status).signal, "SIGKILL");
  assertEquals(directories(Deno.pid), []);
});

rootTest("a lab whose process was killed is removed by another process", async () => {
  using state = new StateDirectory();
  const holder = await hold<{ client: string; server: string }>(["lab"]);
  const untouched = machine(0);
  await holder.kill();
  const pids = run("ip", ["netns", "pids", holder.made.server]).split("\n").filter(Boolean);
  assert(pids.length >= 3, "nginx and its workers outlive the lab's process");
  assertEquals(directories(holder.pid).length, 3, "one for each server");

  const said = restore();
  assertEquals(said.length, 6);
  assertEquals(machine(holder.pid), untouched);
  for (const pid of pids) assert(!runs(pid), `process ${pid} still runs`);
  assertEquals(directories(holder.pid), []);
  assertEquals(state.journals(), []);
});

rootTest("a lab that cannot be built leaves nothing", () => {
  using state = new StateDirectory();
  const path = Deno.env.get("PATH") ?? "";
  const before = machine(Deno.pid);
  // Everything but nginx.
  const tools = Deno.makeTempDirSync({ prefix: "spider-tools-" });
  for (
    const tool of ["ip", "nft", "iptables-restore", "ip6tables-restore", "openssl", "sh", "setsid"]
  ) {
    Deno.symlinkSync(run("which", [tool]).trim(), `${tools}/${tool}`);
  }
  Deno.env.set("PATH", tools);
  try {
    assertThrows(() => Lab.open(), Error, "nginx");
  } finally {
    Deno.env.set("PATH", path);
    Deno.removeSync(tools, { recursive: true });
  }
  assertEquals(machine(Deno.pid), before);
  assertEquals(state.journals(), []);
});

function runs(pid: string): boolean {
  try {
    return !/^State:\tZ/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
