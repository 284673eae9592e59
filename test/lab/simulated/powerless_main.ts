/** Simulates a measurement of a thousand targets, and prints what this process may do, and how many came. */
import { labWith, many, resultsOf, runOf } from "./simulating.ts";

const [, capabilities] = /^CapEff:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
const results = await resultsOf(await runOf(labWith("transparent"), "ecn", many(1000)));
const works = results.filter(({ conditions }) => conditions[0] === "ecn.connectivity.works");
console.log(capabilities, works.length);
