import { OK, Packet, packet, PORTS_ALONE, WHOLE } from "./packet.ts";
import { stats } from "./stats.ts";
import { listAtHand } from "./flow/encapsulations.ts";
import { keepLayers, listed } from "./wire/encap/layers.ts";
import { network, NONE, NOT_IP, TOO_DEEP } from "./wire/encap/step.ts";
import { enter } from "./wire/encap/tunnels.ts";
import { ip } from "./wire/ip.ts";
import * as tcp from "./wire/tcp.ts";
import { transport } from "./wire/transport.ts";

/** There is no number left for the list of headers; beside what a step says. */
const TOO_MANY: i32 = 8;

/** The packet around the one at hand, and the outermost one. */
const outer = changetype<Packet>(memory.data(48, 16));
const outermost = changetype<Packet>(memory.data(48, 16));
/** Headers around the outermost one; negative while it is the packet at hand. */
let aroundOutermost: i32 = -1;
/** Why the packet at hand is not what is inside it; OK where nothing is. */
let reason: i32 = OK;

/**
 * Makes the packet at hand the innermost one in the tunnels that it is of, and numbers the headers around
 * it. What is inside and cannot be read leaves the packet around it at hand. False when there are too many
 * lists of headers even for the outermost one.
 */
export function innermost(): bool {
  reason = OK;
  if (packet.protocol == tcp.PROTOCOL && listed == 0) {
    packet.encapsulation = 0;
    return true;
  }
  aroundOutermost = -1;
  while (packet.protocol != tcp.PROTOCOL && packet.fragment == WHOLE) {
    const around = listed;
    copy(outer, packet);
    const status = inside();
    if (status == OK) {
      if (aroundOutermost < 0) {
        aroundOutermost = around;
        copy(outermost, outer);
      }
      continue;
    }
    copy(packet, outer);
    keepLayers(around);
    if (status != NONE) reason = status;
    break;
  }
  if (!number()) return false;
  countReason(1);
  return true;
}

/** Takes back what was counted of the packet at hand beside its flow. */
export function uncount(): void {
  countReason(-1);
}

function inside(): i32 {
  let status = enter(packet);
  if (status != OK) return status;
  const onWire = packet.octets - u32(network - packet.ip);
  status = ip(network, packet.end, onWire, onWire, packet);
  if (status != OK) return status;
  status = transport(packet);
  return status == PORTS_ALONE ? OK : status;
}

function number(): bool {
  if (numberList()) return true;
  if (aroundOutermost < 0) return false;
  copy(packet, outermost);
  keepLayers(aroundOutermost);
  reason = TOO_MANY;
  return numberList();
}

function numberList(): bool {
  packet.encapsulation = 0;
  if (listed == 0) return true;
  const list = listAtHand();
  packet.encapsulation = u16(list);
  return list >= 0;
}

function countReason(packets: u64): void {
  if (reason == OK) return;
  if (reason == NOT_IP) stats.outerNotIp += packets;
  else if (reason == TOO_DEEP) stats.outerTooDeep += packets;
  else if (reason == TOO_MANY) stats.outerTooMany += packets;
  else stats.outerUnread += packets;
}

function copy(to: Packet, from: Packet): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), offsetof<Packet>());
}
