/// <reference lib="deno.worker" />
/** Says one word. */
self.postMessage("started");
