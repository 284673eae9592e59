import { annex } from "../flow/annex.ts";
import { optional, rate } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { u32be } from "../wire/bytes.ts";
import { ACK } from "../wire/tcp.ts";
import { timestampsOf } from "../wire/tcp_options.ts";

/** Kept of each direction. What `rate` reads comes first, in the order of `Rate`. */
@unmanaged
class Side {
  /** Times of the first and the last segment that has the option, nanoseconds since 1970. */
  firstTime: u64;
  lastTime: u64;
  firstValue: u32;
  lastValue: u32;
  firstEcho: u32;
  lastEcho: u32;
  known: u8;
  padding: u8;
  padding2: u16;
  padding3: u32;
}

const VALUE: u8 = 1;
const ECHO: u8 = 2;
const REVERSE: usize = offsetof<Side>();

export const NAME = "timestamps";
export const SUMMARY = "TCP timestamps, and the rates of the clocks behind them (RFC 7323)";
export const ANNEX: usize = 2 * offsetof<Side>();

export function declare(): void {
  const known = offsetof<Side>("known");
  optional(
    "ts_value_first_fwd",
    offsetof<Side>("firstValue"),
    4,
    known,
    VALUE,
    "TSval of the first segment forward that has the option, null before",
  );
  optional(
    "ts_value_last_fwd",
    offsetof<Side>("lastValue"),
    4,
    known,
    VALUE,
    "TSval of the last segment forward that has the option, null before",
  );
  optional(
    "ts_echo_first_fwd",
    offsetof<Side>("firstEcho"),
    4,
    known,
    ECHO,
    "TSecr of the first segment forward with the option and ACK, null before",
  );
  optional(
    "ts_echo_last_fwd",
    offsetof<Side>("lastEcho"),
    4,
    known,
    ECHO,
    "TSecr of the last segment forward with the option and ACK, null before",
  );
  rate(
    "ts_rate_fwd",
    0,
    known,
    VALUE,
    "ticks a second of the clock that sends forward, from the first and the last TSval; null with less than a second or ten ticks between them",
  );
  optional(
    "ts_value_first_rev",
    REVERSE + offsetof<Side>("firstValue"),
    4,
    REVERSE + known,
    VALUE,
    "TSval of the first segment in reverse that has the option, null before",
  );
  optional(
    "ts_value_last_rev",
    REVERSE + offsetof<Side>("lastValue"),
    4,
    REVERSE + known,
    VALUE,
    "TSval of the last segment in reverse that has the option, null before",
  );
  optional(
    "ts_echo_first_rev",
    REVERSE + offsetof<Side>("firstEcho"),
    4,
    REVERSE + known,
    ECHO,
    "TSecr of the first segment in reverse with the option and ACK, null before",
  );
  optional(
    "ts_echo_last_rev",
    REVERSE + offsetof<Side>("lastEcho"),
    4,
    REVERSE + known,
    ECHO,
    "TSecr of the last segment in reverse with the option and ACK, null before",
  );
  rate(
    "ts_rate_rev",
    REVERSE,
    REVERSE + known,
    VALUE,
    "ticks a second of the clock that sends in reverse, from the first and the last TSval; null with less than a second or ten ticks between them",
  );
}

/** For TCP segments only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const option = timestampsOf(packet);
  if (option == 0) return;
  const part = annex(at, ANNEX);
  if (part == 0) return;
  const side = changetype<Side>(part + (reverse ? REVERSE : 0));
  const value = u32be(option + 2);
  if ((side.known & VALUE) == 0) {
    side.known |= VALUE;
    side.firstTime = packet.time;
    side.firstValue = value;
  }
  side.lastTime = packet.time;
  side.lastValue = value;
  // Without ACK the field means nothing (RFC 7323, section 3.2)
  if ((packet.flags & ACK) == 0) return;
  const echo = u32be(option + 6);
  if ((side.known & ECHO) == 0) {
    side.known |= ECHO;
    side.firstEcho = echo;
  }
  side.lastEcho = echo;
}
