import type { Middlebox } from "../contract/middlebox.ts";

/** The middleboxes that ship with the program: a new one is a file and a line here. */
const bundled: Readonly<Record<string, () => Promise<{ default: Middlebox }>>> = {
  "blackhole-icmp": () => import("../../plugins/middleboxes/blackhole_icmp.ts"),
  "ch-split-drop": () => import("../../plugins/middleboxes/ch_split_drop.ts"),
  "conn-limit": () => import("../../plugins/middleboxes/conn_limit.ts"),
  delay: () => import("../../plugins/middleboxes/delay.ts"),
  drop: () => import("../../plugins/middleboxes/drop.ts"),
  "dscp-clear": () => import("../../plugins/middleboxes/dscp_clear.ts"),
  "dscp-remap": () => import("../../plugins/middleboxes/dscp_remap.ts"),
  duplicate: () => import("../../plugins/middleboxes/duplicate.ts"),
  "ecn-clear": () => import("../../plugins/middleboxes/ecn_clear.ts"),
  "ecn-clear-syn": () => import("../../plugins/middleboxes/ecn_clear_syn.ts"),
  "ecn-drop-syn": () => import("../../plugins/middleboxes/ecn_drop_syn.ts"),
  "ecn-drop-syn-ack": () => import("../../plugins/middleboxes/ecn_drop_syn_ack.ts"),
  "ecn-reflect": () => import("../../plugins/middleboxes/ecn_reflect.ts"),
  "ecn-reset-syn": () => import("../../plugins/middleboxes/ecn_reset_syn.ts"),
  "ecn-set-ce": () => import("../../plugins/middleboxes/ecn_set_ce.ts"),
  "ect1-bleach": () => import("../../plugins/middleboxes/ect1_bleach.ts"),
  "eh-drop": () => import("../../plugins/middleboxes/eh_drop.ts"),
  "evil-clear": () => import("../../plugins/middleboxes/evil_clear.ts"),
  "evil-drop": () => import("../../plugins/middleboxes/evil_drop.ts"),
  "fragment-drop": () => import("../../plugins/middleboxes/fragment_drop.ts"),
  "l4s-queue": () => import("../../plugins/middleboxes/l4s_queue.ts"),
  loss: () => import("../../plugins/middleboxes/loss.ts"),
  "mss-clamp": () => import("../../plugins/middleboxes/mss_clamp.ts"),
  "mss-strip": () => import("../../plugins/middleboxes/mss_strip.ts"),
  nat: () => import("../../plugins/middleboxes/nat.ts"),
  "option-drop": () => import("../../plugins/middleboxes/option_drop.ts"),
  "option-echo": () => import("../../plugins/middleboxes/option_echo.ts"),
  "option-nop": () => import("../../plugins/middleboxes/option_nop.ts"),
  "option-strip": () => import("../../plugins/middleboxes/option_strip.ts"),
  prohibit: () => import("../../plugins/middleboxes/prohibit.ts"),
  "ptb-drop": () => import("../../plugins/middleboxes/ptb_drop.ts"),
  "quic-drop": () => import("../../plugins/middleboxes/quic_drop.ts"),
  "rate-limit": () => import("../../plugins/middleboxes/rate_limit.ts"),
  reorder: () => import("../../plugins/middleboxes/reorder.ts"),
  reset: () => import("../../plugins/middleboxes/reset.ts"),
  "silent-router": () => import("../../plugins/middleboxes/silent_router.ts"),
  "sni-drop": () => import("../../plugins/middleboxes/sni_drop.ts"),
  "syn-proxy": () => import("../../plugins/middleboxes/syn_proxy.ts"),
  "tfo-drop-data": () => import("../../plugins/middleboxes/tfo_drop_data.ts"),
  "tfo-strip": () => import("../../plugins/middleboxes/tfo_strip.ts"),
  "tos-bleach": () => import("../../plugins/middleboxes/tos_bleach.ts"),
  transparent: () => import("../../plugins/middleboxes/transparent.ts"),
  "udp-zero-drop": () => import("../../plugins/middleboxes/udp_zero_drop.ts"),
};

/** Names of the middleboxes that ship with the program. */
export function middleboxNames(): readonly string[] {
  return Object.keys(bundled);
}

/** Loads one of them; undefined when there is none of that name. */
export async function loadMiddlebox(name: string): Promise<Middlebox | undefined> {
  return Object.hasOwn(bundled, name) ? (await bundled[name]!()).default : undefined;
}
