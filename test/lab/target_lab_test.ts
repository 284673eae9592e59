import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { restore } from "../../src/host/restore.ts";
import { run } from "../../src/host/run.ts";
import { waitFor } from "../../src/host/wait.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { hold } from "../host/hold.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { boxesOf } from "./boxes.ts";
import { rootTest } from "./root.ts";
import { TargetLab } from "./target_lab.ts";

const FAMILIES = [4, 6] as const;

/** The outcome of asking for a page without ECN, behind each middlebox. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  "transparent": ["answered"],
  "drop": ["silent"],
  "ecn-drop-plain-syn": ["silent"],
  "dscp-drop-unmarked": ["silent"],
  "option-drop:8": ["silent"],
  // IPv6 has no evil bit, so this box drops nothing there
  "evil-drop-unset": ["silent", "answered"],
  "reset": ["ConnectionRefused"],
  // The answer may arrive while the socket still sends; then the kernel tries a second SYN.
  "prohibit": ["HostUnreachable", "PermissionDenied", "Error", "silent"],
  "ecn-drop-syn": ["answered"],
  "dscp-drop": ["answered"],
  "mss-clamp:536": ["answered"],
  "strip-ts-syn": ["answered"],
  "drop-dns": ["answered"],
};

/** What a lab could leave on the machine, except what belongs to another process's lab. */
function machine(pid: number): string {
  const views = ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"];
  const spaces = run("ip", ["netns", "list"]).split("\n").filter((line) =>
    line.includes(`-${pid}-`)
  );
  return [...views.map((words) => run("ip", words.split(" "))), ...spaces].join("\n");
}

rootTest("each middlebox treats a plain connection as it should, in both families", async () => {
  const before = machine(Deno.pid);
  const boxes = Object.keys(OUTCOMES);
  const script = fileURLToPath(new URL("knock.ts", import.meta.url));
  for (const hook of ["forward", "prerouting"] as const) {
    await using lab = await TargetLab.open({ routers: 3, at: 2, hook, boxes: boxesOf(boxes) });
    assertEquals(lab.routers.length, 3);
    assertThrows(() => lab.addresses("reset", 4, 255), RangeError);
    assertThrows(() => lab.addresses("nat", 4, 1), RangeError);
    const targets = boxes.flatMap((box) =>
      FAMILIES.flatMap((family) => lab.addresses(box, family, 2))
    );
    const [program, ...args] = lab.exec([Deno.execPath(), "run", "-A", script, ...targets]);
    const { stdout } = await new Deno.Command(program, { args, stderr: "inherit" }).output();
    const outcomes: string[] = JSON.parse(new TextDecoder().decode(stdout));
    for (const [at, outcome] of outcomes.entries()) {
      const box = boxes[Math.floor(at / 4)]!;
      assert(OUTCOMES[box]!.includes(outcome), `${box}, ${targets[at]}, ${hook}: ${outcome}`);
    }
  }
  assertEquals(machine(Deno.pid), before);
});

rootTest("two middleboxes of one name are refused", async () => {
  await assertRejects(() => TargetLab.open({ boxes: ["drop", "drop"] }), RangeError);
});

rootTest(
  "a marked socket asks for ECN on the wire, another at the same time does not",
  async () => {
    await using lab = await TargetLab.open();
    const targets = FAMILIES.flatMap((family) => lab.addresses("transparent", family, 2));
    const rules = targets.flatMap((target) => {
      const to = `${target.includes(":") ? "ip6" : "ip"} daddr ${target}`;
      return ["(syn|ecn|cwr)", "syn"]
        .map((flags) => `${to} tcp flags & (syn|ack|ecn|cwr) == ${flags} counter`);
    });
    const [router = ""] = lab.routers;
    runWithin(
      router,
      ["nft", "-f", "-"],
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
        ...runWithin(router, ["nft", "list", "table", "inet", "count"])
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
  const lab = await TargetLab.open();
  const [program, ...args] = lab.exec(["sleep", "1000"]);
  const child = new Deno.Command(program, { args }).spawn();
  await lab.close();
  await lab.close();
  lab.closeAtOnce();
  assertEquals((await child.status).signal, "SIGKILL");
});

/** Folders of services that are there. */
function folders(): string[] {
  return [...Deno.readDirSync(tmpdir())].map((entry) => entry.name)
    .filter((name) => name.startsWith("spider-services-"));
}

rootTest("a lab whose process was killed is removed by another process", async () => {
  using state = new StateDirectory();
  const holder = await hold<{ client: string; server: string; folder: string }>(["lab"]);
  const untouched = machine(0);
  const { server, folder } = holder.made;
  await holder.kill();
  const pids = run("ip", ["netns", "pids", server]).split("\n").filter(Boolean);
  assert(pids.length >= 3, "nginx and its workers outlive the lab's process");
  assert(folders().some((name) => folder.endsWith(name)));

  const said = restore();
  // Three namespaces, the note of the lab, and the folder of its services
  assertEquals(said.length, 5, said.join("\n"));
  assertEquals(machine(holder.pid), untouched);
  for (const pid of pids) assert(!runs(pid), `process ${pid} still runs`);
  assert(!folders().some((name) => folder.endsWith(name)));
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
