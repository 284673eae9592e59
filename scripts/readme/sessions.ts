/** What runs of the program and of the benchmark write. */
import { fileURLToPath } from "node:url";
import { TargetLab } from "../../test/lab/target_lab.ts";
import { ROOT } from "../imports.ts";

/** Runs a command; what it wrote, standard error first when it is wanted. */
async function output(
  command: readonly string[],
  { errors = false, input = "", mayFail = false } = {},
): Promise<string> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: errors ? "piped" : "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const result = await ended;
  const decoder = new TextDecoder();
  if (!result.success && !mayFail) throw new Error(`${command.join(" ")} failed`);
  return decoder.decode(result.stdout) + (errors ? decoder.decode(result.stderr) : "");
}

const deno = (path: string, ...args: string[]) => [
  ...[Deno.execPath(), "run", "--no-check", "-A", fileURLToPath(new URL(path, ROOT))],
  ...args,
];

function fenced(text: string): string {
  return "```text\n" + text.trimEnd() + "\n```";
}

/** Three targets of a lab. */
export async function session(): Promise<string> {
  const boxes = ["ecn-drop-syn", "ecn-set-ce"];
  await using lab = await TargetLab.open({ boxes });
  const targets = ["transparent", ...boxes]
    .flatMap((kind) => lab.addresses(kind, 4, 1));
  const command = lab.exec(deno("src/main.ts", "measure", "ecn", "--connect", "http"));
  const said = await output(command, { errors: true, input: targets.join("\n") + "\n" });
  const typed = [
    "$ cat targets",
    ...targets,
    "$ spider measure ecn --connect http < targets",
  ];
  return fenced([...typed, said].join("\n"));
}

/** The ways to three targets of a lab. */
export async function trace(): Promise<string> {
  const boxes = ["prohibit", "drop"];
  await using lab = await TargetLab.open({ routers: 5, boxes });
  const targets = ["transparent", ...boxes]
    .flatMap((kind) => lab.addresses(kind, 4, 1));
  const line = ["trace", "--numeric", "--max-ttl", "8", ...targets];
  const said = await output(lab.exec(deno("src/main.ts", ...line)), { errors: true });
  return fenced(`$ spider ${line.join(" ")}\n${said}`);
}

/** Where two paths of a lab are not clean. */
export async function locate(): Promise<string> {
  const boxes = ["dscp-clear", "dscp-drop"];
  await using lab = await TargetLab.open({ routers: 5, at: 3, boxes });
  lab.silence(2);
  const targets = boxes.flatMap((box) => lab.addresses(box, 4, 1));
  const line = ["locate", "--feature", "dscp:46", ...targets];
  const said = await output(lab.exec(deno("src/main.ts", ...line)), { errors: true });
  return fenced(`$ spider ${line.join(" ")}\n${said}`);
}

/** The demo. */
export async function demo(): Promise<string> {
  return fenced(await output(deno("scripts/demo.ts")));
}

/** The tables of the benchmark. It fails when a figure was not reached: the table says which. */
export async function bench(...parts: readonly string[]): Promise<string> {
  return (await output(deno("test/bench/main.ts", ...parts), { mayFail: true })).trimEnd();
}
