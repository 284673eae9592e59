/**
 * Sends an ICMP probe to each address of standard input, all at once, and writes how many were
 * answered, how many seconds that took, and the seconds of CPU of this process alone.
 */
import { cpuUsage } from "node:process";
import { MtrPacket } from "../../src/mod.ts";

const targets = (await new Response(Deno.stdin.readable).text()).trim().split("\n");
await using mtr = await MtrPacket.open();
const begin = performance.now();
const results = await Promise.all(targets.map((target) => mtr.probe(target, { timeout: 5 })));
const seconds = (performance.now() - begin) / 1000;
const { user, system } = cpuUsage();
const answered = results.filter(({ success }) => success).length;
console.log(JSON.stringify({ answered, seconds, cpu: (user + system) / 1e6 }));
