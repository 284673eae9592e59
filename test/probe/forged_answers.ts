import { fileURLToPath } from "node:url";
import type { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** Lets `answer_main.ts` answer ICMP in place of a lab's server, until it is disposed of. */
export async function forgedAnswers(lab: TargetLab): Promise<AsyncDisposable> {
  runWithin(lab.server, ["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"]);
  const script = fileURLToPath(new URL("answer_main.ts", import.meta.url));
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", lab.server, Deno.execPath(), "run", "--no-check", "-A", script],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.stdout.cancel();
      await child.status;
    },
  };
}
