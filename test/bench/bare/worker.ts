/// <reference lib="deno.worker" />
/** Sends one message. */
self.postMessage("started");
