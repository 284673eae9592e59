import { Lab } from "../src/lab/lab.ts";
import { MIDDLEBOXES } from "../src/lab/middlebox.ts";
using lab = Lab.open();
const lines: string[] = [];
for (const box of MIDDLEBOXES) for (const f of [4,6] as const) for (const a of lab.addresses(box.name, f, 2)) lines.push(JSON.stringify({dip:a, dp: 80, kind: box.name}));
Deno.writeTextFileSync("/tmp/targets.ndjson", lines.join("\n")+"\n");
for (const c of ["tcp","http"]) {
const [p, ...args] = lab.exec([Deno.execPath(), "run", "-A", new URL("../src/main.ts", import.meta.url).pathname, "measure", "ecn", "--input", "/tmp/targets.ndjson", "--output", `/tmp/results-${c}.ndjson`, "--connect", c, "--output-flows", "--verbose"]);
const r = await new Deno.Command(p, { args, stdout: "inherit", stderr: "inherit" }).output();
console.log(r.code);
}
