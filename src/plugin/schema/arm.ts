import { z } from "zod";
import { code, flag, line, list, must, oneOf, whole } from "./words.ts";

const object = must("an object");

const socket = z.strictObject({
  dscp: whole(0, 63, "differentiated services codepoint").optional(),
  mark: whole(1, 0xffff_ffff, "firewall mark").optional(),
  ecn: flag("ask for ECN in the SYN").optional(),
  mss: whole(88, 32_767, "maximum segment size to announce").optional(),
  bindPort: whole(0, 65_535, "local port; 0 lets the kernel choose").optional(),
  ttl: whole(1, 255, "time to live, or hop limit").optional(),
  fastOpen: oneOf(["cookie", "data"], "ask for a Fast Open cookie, or send data with it")
    .optional(),
  zeroChecksum: flag("send UDP datagrams without a checksum").optional(),
}, object).describe("options of the arm's own sockets");

const http = z.strictObject({
  version: oneOf(["1.1", "2"], "the version of HTTP to ask for").optional(),
}, object).describe("what is asked of HTTP");

const dns = z.strictObject({
  name: line("the name to ask for").optional(),
  type: oneOf(["A", "AAAA"], "the type of record to ask for").optional(),
  edns: flag("whether the question has EDNS").optional(),
}, object).describe("what is asked of DNS");

const udp = z.strictObject({
  payload: z.instanceof(Uint8Array, must("a Uint8Array")).describe("what the datagram carries"),
}, object).describe("what is asked of UDP");

const system = z.strictObject({
  sysctls: z.record(
    z.string(),
    z.union([z.number(), z.string()], must("a number or a text")),
    object,
  ).describe("kernel settings by name").optional(),
  enter: code("runs when the arm's turn begins").optional(),
  leave: code("runs when the arm's turn ends").optional(),
}, object).describe("settings of the whole host; arms with it take turns");

const arm = z.strictObject({
  name: line("a word for records and help"),
  socket: socket.optional(),
  http: http.optional(),
  dns: dns.optional(),
  udp: udp.optional(),
  system: system.optional(),
  after: line("the name of an arm before it, which must have ended first").optional(),
  forge: code("changes the packet that is sent").optional(),
  connect: code("connects in a way of its own").optional(),
}, must("an arm, which is an object"));

/** The arms of a spider. */
export const armList = list(arm, "arms", "its arms, of which the first is the baseline")
  .min(1, "must have one arm or more");
