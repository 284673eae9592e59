/** The server of a configuration, on any port: says its URL, what lives in it by SIGUSR2, and ends by SIGTERM. */
import { readConfig } from "../../../src/serve/config/read.ts";
import { lineLog } from "../../../src/serve/log.ts";
import { Server } from "../../../src/serve/server.ts";
import { tellLiveOctets } from "./live_octets.ts";

const config = readConfig(Deno.args[0]!);
const server = new Server({
  config,
  database: config.database!,
  log: lineLog(console.error, () => "warning"),
  about: {},
});
tellLiveOctets();
console.log(server.url);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
await server.close();
Deno.exit();
