import { Lab } from "../src/lab/lab.ts";
using lab = Lab.open();
const n = Number(Deno.args[0]), w = Deno.args[1]!;
Deno.writeTextFileSync("/tmp/targets.ndjson", lab.addresses("transparent", 4, n).map((a) => JSON.stringify({dip:a, dp: 80})).join("\n")+"\n");
for (const c of ["tcp","tcp","http"]) {
const [p, ...args] = lab.exec([Deno.execPath(), "run", "-A", new URL("../src/main.ts", import.meta.url).pathname, "measure", "ecn", "--input", "/tmp/targets.ndjson", "--output", `/tmp/results-${c}.ndjson`, "--connect", c, "-w", w]);
const r = await new Deno.Command(p, { args, stdout: "inherit", stderr: "inherit" }).output();
}
