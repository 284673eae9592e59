import type { Truth } from "./verdicts.ts";

const [works, broken, transient, offline] = ["works", "broken", "transient", "offline"].map((
  name,
) => `h2.connectivity.${name}`) as [string, string, string, string];
const [success, failed] = ["h2.upgrade.success", "h2.upgrade.failed"] as const;

const EITHER: Truth = {
  "drop-all": [offline],
  "refuse": [offline],
  "unreachable": [offline],
  "drop-h2": [broken],
  "reset-h2": [broken],
};

/** The truth about HTTP/2 behind each kind of middlebox, by connection type. */
export const H2_TRUTH: Readonly<Record<"http" | "https", Truth>> = {
  http: {
    ...EITHER,
    // nginx does not upgrade
    "transparent": [works, failed],
    "with-h2c": [works, success],
    "drop-http1": [transient, failed],
  },
  https: {
    ...EITHER,
    "transparent": [works, success],
    "without-h2": [works, failed],
    "without-tls": ["pathspider.not_observed"],
    "drop-http1": [transient, success],
  },
};
