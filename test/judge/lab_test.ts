import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../src/host/run.ts";
import { boxesOf } from "../lab/boxes.ts";
import { ECN_BOXES } from "../lab/ecn_truth.ts";
import { AWAY, linkAddress, TargetLab } from "../lab/target_lab.ts";
import { isRoot } from "../lab/root.ts";
import { judge, type JudgeResult } from "./compare.ts";
import { joinsFragments, judgeTest } from "./judge.ts";

const FAMILIES = [4, 6] as const;
/** Middleboxes of every sort: they drop, refuse, and change headers and options. */
const BOXES = [
  ...ECN_BOXES,
  ...["dscp-clear", "dscp-remark", "dscp-reset-syn", "mss-clamp:536", "mss-strip"],
  ...["strip-ts-syn", "strip-sack-syn-ack", "option-drop:3", "option-add:3", "option-add:4"],
  ...["tfo-strip", "tfo-drop-data", "evil-clear", "evil-set", "evil-drop-unset", "http1-drop"],
];
/** The server's own addresses: a lab's last link (`linkAddress`). */
const SERVER = FAMILIES.map((family) => linkAddress(family, 1, 2));
const NARROW = 1280;
const TALK = fileURLToPath(new URL("talk.ts", import.meta.url));

/** Captures what passes the client's interface during a call. */
async function capture(
  lab: TargetLab,
  path: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const [program, ...args] = lab.exec([
    ...["dumpcap", "-q", "-P", "-B", "64", "-i", lab.interface, "-w", path],
  ]);
  const child = new Deno.Command(program, { args, stdout: "null", stderr: "piped" }).spawn();
  const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !text.includes("File: ");) {
    const { value, done } = await said.read();
    if (done) throw new Error(`dumpcap: ${text}`);
    text += value;
  }
  try {
    await meanwhile();
  } finally {
    child.kill("SIGINT");
    while (!(await said.read()).done);
    await child.status;
  }
}

function talk(namespace: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command("ip", {
    args: [
      ...["netns", "exec", namespace, Deno.execPath(), "run", "-A", "--unstable-net", TALK],
      ...args,
    ],
    stdout: "piped",
  }).spawn();
}

/** Waits for the first words of a program. */
async function ready({ stdout }: Deno.ChildProcess): Promise<void> {
  const reader = stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

/** Measurements past every middlebox, over both families. */
async function measurements(lab: TargetLab): Promise<void> {
  const targets = BOXES.flatMap((name) =>
    FAMILIES.flatMap((family) => lab.addresses(name, family, 3))
  );
  for (const connect of ["tcp", "http"]) {
    const { code, err } = await lab.spider(
      ["measure", "ecn", "--connect", connect, "--timeout", "2"],
      { input: targets.join("\n") + "\n" },
    );
    assertEquals(code, 0, err);
  }
}

/** Datagrams and transfers, whole and in fragments, first over a wide path and then a narrow one. */
async function conversations(lab: TargetLab): Promise<void> {
  const server = talk(lab.server, "serve", ...SERVER);
  try {
    await ready(server);
    for (const mtu of [1500, NARROW]) {
      run("ip", ["-n", lab.routers[0]!, "link", "set", "dev", AWAY, "mtu", String(mtu)]);
      run("ip", ["-n", lab.server, "link", "set", "dev", "eth0", "mtu", String(mtu)]);
      const { success } = await talk(lab.client, "call", ...SERVER).output();
      assert(success);
    }
  } finally {
    server.kill("SIGKILL");
    await server.output();
  }
}

/** Has a capture of a lab judged, and expects no difference. */
async function agree(traffic: (lab: TargetLab) => Promise<void>): Promise<JudgeResult> {
  await using lab = await TargetLab.open({ boxes: boxesOf(BOXES) });
  const path = Deno.makeTempFileSync({ suffix: ".pcap" });
  try {
    await capture(lab, path, () => traffic(lab));
    const verdict = await judge(path);
    const { packets, flows, counted, errors, differences } = verdict;
    assertEquals(differences, []);
    assert(packets > 500 && counted > 0.9 * packets && flows > 20, `${packets} packets`);
    assert(errors > 5, `${errors} ICMP errors`);
    return verdict;
  } finally {
    Deno.removeSync(path);
  }
}

const needsRoot = { ignore: !isRoot, reason: "needs root" };

judgeTest("measurements in a lab", async () => {
  await agree(measurements);
}, needsRoot);

judgeTest(
  "datagrams, transfers and fragments in a lab",
  async () => {
    const { fragments } = await agree(conversations);
    assert(fragments > 50, `${fragments} fragments`);
  },
  isRoot ? joinsFragments : needsRoot,
);
