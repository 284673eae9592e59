import { libc } from "../../../host/libc.ts";
import { endLab } from "../../../lab/live/end.ts";
import { runningLabs } from "../../../lab/live/note.ts";
import type { Shell } from "./shell.ts";

const SIGTERM = 15;

/** The name of the lab of a lesson, which no other lab on this machine has. */
export const LAB = `tutorial-${Deno.pid}`;

/** Brings the lab of a file up in the background, and down when something was done with it. */
export async function inLab(shell: Shell, file: string, work: () => Promise<void>): Promise<void> {
  const running = () => runningLabs().filter(({ name }) => name === LAB);
  // What holds it is no child of this process, and takes it down by itself
  shell.stack.defer(() => running().forEach(({ pid }) => libc.kill(pid, SIGTERM)));
  try {
    await shell.spider(["lab", "up", "-d", file]);
    shell.say();
    await work();
    shell.say();
    await shell.spider(["lab", "down", LAB]);
  } finally {
    for (const lab of running()) await endLab(lab);
  }
}
