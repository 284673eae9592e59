/**
 * Runs all tests, or those of the paths that are given, and ends with a line `N passed, N failed`.
 */
const { args } = Deno;
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", ...(args.length > 0 ? args : ["test/"])],
  stdin: "null",
  stdout: "piped",
  stderr: "inherit",
  env: { NO_COLOR: "1" },
}).spawn();

let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
}
const { code } = await child.status;

const summary = [...tail.matchAll(/(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/g)].at(-1);
if (summary === null || summary === undefined) {
  console.error("the tests did not run to their end");
  Deno.exit(code || 1);
}
const [, passed, failed] = summary;
const ignored = /\| (\d+) ignored/.exec(tail)?.[1] ?? "0";
console.log(`${passed} passed, ${failed} failed${ignored === "0" ? "" : `, ${ignored} skipped`}`);
Deno.exit(code);
