import { fileURLToPath } from "node:url";

/** Plays beside a DNS server in a namespace of a lab (see `bare_dns.ts`), which has ended after it. */
export async function besideBareDns(
  namespace: string,
  addresses: readonly string[],
  play: () => Promise<void>,
): Promise<void> {
  const script = fileURLToPath(new URL("bare_dns.ts", import.meta.url));
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, Deno.execPath(), "run", "-A", script, ...addresses],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  try {
    if ((await reader.read()).done) throw new Error("the server ended before it listened");
    await play();
  } finally {
    await reader.cancel();
    child.kill("SIGKILL");
    await child.status;
  }
}
