import type { Middlebox } from "./middlebox.ts";

/** Middleboxes that mind how far packets may go. */
export const ttl = [
  {
    name: "drop-long-ttl",
    block: 100,
    summary: "drops packets that may pass more than 200 routers",
    rules: ({ ip, to }) => [`${to} ${ip} ${ip === "ip" ? "ttl" : "hoplimit"} > 200 drop`],
  },
] as const satisfies readonly Middlebox[];
