/**
 * The process that judges captures for `deno task corpus`: takes a path a line from standard input,
 * and writes the verdict, a line of JSON. Arguments: the limits as JSON, and a folder for its files.
 */
// @ts-types="../../../src/types/streams.d.ts"
import { TextLineStream } from "@std/streams";
import { judgeCapture } from "./judge_capture.ts";
import type { Limits } from "./verdict.ts";

const [limits, folder] = Deno.args as [string, string];
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
const encoder = new TextEncoder();
for await (const path of lines) {
  const verdict = await judgeCapture(JSON.parse(path), JSON.parse(limits) as Limits, folder);
  const octets = encoder.encode(`${JSON.stringify(verdict)}\n`);
  for (let at = 0; at < octets.length;) at += Deno.stdout.writeSync(octets.subarray(at));
}
