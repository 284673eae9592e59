/**
 * A process for tests to kill: `holder.ts directory PATH`, `holder.ts ecn INTERFACE` or
 * `holder.ts lab`. It makes that, writes one line about it, and undoes it when its input ends.
 */
import { EcnRoute } from "../../src/host/ecn_route.ts";
import { Journal } from "../../src/host/journal.ts";
import { Lab } from "../../src/lab/lab.ts";

const [what, argument = ""] = Deno.args;

function make(journal: Journal): { line: unknown; end: () => void } {
  switch (what) {
    case "directory":
      journal.add({ kind: "directory", path: argument });
      Deno.mkdirSync(argument);
      return { line: argument, end: () => {} };
    case "ecn": {
      const route = EcnRoute.open(argument, journal);
      return { line: route.mark, end: () => route.close() };
    }
    case "lab": {
      const lab = Lab.open();
      return { line: { client: lab.client, server: lab.server }, end: () => lab.close() };
    }
    default:
      throw new RangeError(`no such thing to hold: ${what}`);
  }
}

using journal = Journal.open();
const { line, end } = make(journal);
console.log(JSON.stringify(line));
await Deno.stdin.readable.pipeTo(new WritableStream());
end();
