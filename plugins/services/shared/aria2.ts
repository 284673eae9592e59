import type { ServiceContext } from "../../../src/mod.ts";

/** Arguments with which it looks for peers at trackers alone, and says what it does. */
export const ALONE = [
  ...["--no-conf", "--no-netrc", "--check-certificate=false"],
  ...["--enable-dht=false", "--enable-dht6=false"],
  ...["--bt-enable-lpd=false", "--enable-peer-exchange=false"],
  // A tracker that does not know of the others yet, or does not run yet, is asked again soon
  "--bt-tracker-interval=1",
  ...["--show-console-readout=false", "--enable-color=false", "--summary-interval=0"],
] as const;

/** The trackers that speak HTTP, which alone it can ask. */
export function trackers({ peers }: Pick<ServiceContext, "peers">): ServiceContext["peers"] {
  return peers.filter(({ role, port }) => role === "tracker" && port.version === "http-tracker");
}
