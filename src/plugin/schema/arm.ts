import { z } from "zod";
import type { ArmOption, ArmOptions } from "../../connect/connection_type.ts";
import { connectionTypes } from "../../connect/registry.ts";
import { code, flag, line, list, must, oneOf, sized, whole } from "./words.ts";

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

/** What connection types take, in the members that they declare. */
const asked = Object.fromEntries(
  [...connectionTypes.values()].flatMap(({ options }) =>
    options === undefined ? [] : [[options.member, optionsOf(options).optional()]]
  ),
);

function optionsOf({ summary, values }: ArmOptions) {
  const members = Object.entries(values).map(([name, option]) => {
    const value = valueOf(option);
    return [name, option.required ? value : value.optional()];
  });
  return z.strictObject(Object.fromEntries(members), object).describe(summary);
}

function valueOf({ type, summary, choices }: ArmOption): z.ZodType {
  if (choices !== undefined) return oneOf(choices, summary);
  switch (type) {
    case "boolean":
      return flag(summary);
    case "string":
      return line(summary);
    case "octets":
      return z.instanceof(Uint8Array, must("a Uint8Array")).describe(summary);
  }
}

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
  ...asked,
  system: system.optional(),
  after: line("the name of an arm before it, which must have ended first").optional(),
  forge: code("changes the packet that is sent").optional(),
  connect: code("connects in a way of its own").optional(),
}, must("an arm, which is an object"));

/** The arms of a spider. */
export const armList = sized(
  list(arm, "arms", "its arms, of which the first is the baseline"),
  { least: 1 },
  "must have one arm or more",
);
