/** Checks who imports whom: see `importProblems`. Ends with 1 when something is wrong. */
import { importsOf, ROOT, sourcesIn } from "./imports.ts";
import { importProblems } from "./imports/problems.ts";

const files = sourcesIn("src/", "plugins/");
const texts = new Map(files.map((file) => [file, Deno.readTextFileSync(new URL(file))]));
const problems = importProblems(importsOf(files), texts, ROOT.href);
for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exit(1);
