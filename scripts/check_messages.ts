/** Checks the style of messages: see `messageProblems`. Ends with 1 when something is wrong. */
import { ROOT, sourcesIn } from "./imports.ts";
import { messageProblems } from "./messages/problems.ts";

const problems = sourcesIn("src/", "plugins/", "scripts/").flatMap((file) =>
  messageProblems(Deno.readTextFileSync(new URL(file)), file.slice(ROOT.href.length))
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exit(1);
