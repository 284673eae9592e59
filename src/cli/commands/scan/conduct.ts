import { count } from "../../../host/quantity.ts";
import { SCAN_DEFAULTS } from "../../../run/limits.ts";

/** What decides whether others must be asked first. */
export interface Conduct {
  /** Packets sent a second; 0 for no limit. */
  readonly rate: number;
  /** In place of a rate, bits sent a second. */
  readonly bandwidth: number | undefined;
  readonly contact: string | undefined;
  readonly page: string | undefined;
}

/** The fewest octets that a packet takes on Ethernet, with what is between two (IEEE 802.3). */
const LEAST_OCTETS = 84;

/**
 * What to say to whoever sends more than by default; null when he does not. A bandwidth counts by the
 * most packets that it can be.
 */
export function conductSentence({ rate, bandwidth, contact, page }: Conduct): string | null {
  const packets = bandwidth === undefined ? rate : bandwidth / 8 / LEAST_OCTETS;
  if (packets > 0 && packets <= SCAN_DEFAULTS.rate) return null;
  const much = bandwidth !== undefined
    ? `up to ${count(packets)} packets a second`
    : packets === 0
    ? "as many packets a second as this host can"
    : `${count(packets)} packets a second`;
  const missing = [
    ...(contact === undefined ? ["--contact"] : []),
    ...(page === undefined ? ["--page"] : []),
  ];
  return `This sends ${much}, where ${
    count(SCAN_DEFAULTS.rate)
  } are usual: ask whoever runs this ` +
    "network and those on the way, " +
    (missing.length === 0
      ? "and put the page up before it begins."
      : `and say who you are (${missing.join(", ")}).`);
}
