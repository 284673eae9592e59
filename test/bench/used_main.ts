/**
 * Runs a command to its end and adds a line to its errors: the processor time in seconds and the most
 * memory in kilobytes that it took, and what it started. `used_main.ts COMMAND...`
 */
import { USED } from "./used.ts";

/** What ended children took (getrusage(2)). */
const RUSAGE_CHILDREN = -1;
/** Octets of `struct rusage`, and where its maximum of memory stands. */
const RUSAGE = 144;
const MAXIMUM = 32;

const { symbols: { getrusage } } = Deno.dlopen("libc.so.6", {
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
});
const [program = "", ...args] = Deno.args;
const { code } = await new Deno.Command(program, { args, stdin: "null" }).spawn().status;
const usage = new Uint8Array(RUSAGE);
if (getrusage(RUSAGE_CHILDREN, usage) !== 0) throw new Error("getrusage failed");
const words = new BigInt64Array(usage.buffer);
const [userSeconds = 0, userMicros = 0, systemSeconds = 0, systemMicros = 0] = [...words].map(
  Number,
);
const cpu = userSeconds + systemSeconds + (userMicros + systemMicros) / 1e6;
console.error(`${USED} ${cpu} ${words[MAXIMUM / 8]}`);
Deno.exit(code);
