import { readKernelFile } from "./kernel_file.ts";

/**
 * A variable of the environment; undefined for none. The program in one file may ask Deno for those that
 * it needs itself alone; of any other it has what it was started with (proc_pid_environ(5)).
 */
export function environmentVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state === "granted") {
    return Deno.env.get(name);
  }
  const entries = readKernelFile("/proc/self/environ").split("\0");
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}
