import type { Truth } from "./verdicts.ts";

const [works, broken, offline] = ["works", "broken", "offline"].map((name) =>
  `tfo.connectivity.${name}`
) as [string, string, string];
const [received, absent] = ["tfo.cookie.received", "tfo.cookie.not_received"] as const;
/** The truth about Fast Open, over connection types that send data. */
export const TFO_TRUTH: Truth = {
  "transparent": [works, received, "tfo.syndata.acked"],
  "strip-fastopen": [works, absent],
  "strip-fastopen-cookie": [works, absent],
  "drop-fastopen": [broken],
  "drop-syn-data": [broken, received, "tfo.syndata.failed"],
  "strip-fastopen-data": [works, received, "tfo.syndata.not_acked"],
  "drop-all": [offline],
  "refuse": [offline],
};

/** The same over tcp, which sends none, so that there is no verdict on it. */
export const TFO_TRUTH_TCP: Truth = {
  "transparent": [works, received],
  "strip-fastopen": [works, absent],
  "drop-fastopen": [broken],
};
