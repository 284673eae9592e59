/**
 * Starts one worker in a process that has started none, as a run does: `worker_main.ts FOLDER` that of
 * the spider in a folder of the store, until it has described itself; `worker_main.ts` a bare one, until
 * its first message. Writes the milliseconds.
 */
import { startSandbox } from "../../src/plugin/sandbox/start.ts";

const [folder] = Deno.args;
const begin = performance.now();
await (folder === undefined ? bareWorker() : spiderIn(folder));
console.log(performance.now() - begin);
Deno.exit();

function spiderIn(folder: string): Promise<unknown> {
  return startSandbox(folder, { name: "stored", modules: [] }, () => {}).described;
}

/** A worker with the permissions of a plugin's. */
function bareWorker(): Promise<unknown> {
  const worker = new Worker(new URL("bare/worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: "none" },
  });
  return new Promise((resolve) => worker.onmessage = resolve);
}
