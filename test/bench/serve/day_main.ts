/**
 * A server whose clock takes no time to wait: a day's schedule is made as fast as this machine can. Its
 * argument is a folder for its database.
 */
import { lineLog } from "../../../src/serve/log.ts";
import { Server } from "../../../src/serve/server.ts";
import { FastClock } from "../../serve/fast_clock.ts";
import { configWith, selfPlace } from "../../serve/running_server.ts";
import { tellLiveOctets } from "./live_octets.ts";

const [folder = ""] = Deno.args;
const server = new Server({
  config: configWith(),
  database: `${folder}/day.db`,
  log: lineLog(console.error, () => "warning"),
  about: {},
  clock: new FastClock(),
  place: selfPlace,
});
tellLiveOctets();
console.log(server.url);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
await server.close();
Deno.exit();
