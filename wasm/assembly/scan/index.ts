// What the program sees of the module that scans. It is one of its own: the readers of headers are
// compiled for it apart from the observer's, which are inlined into the loops over packets only as
// long as nobody else calls them; and it starts without chains and flows.
import { seedAt, seedSize } from "../flow/hash.ts";
import {
  scanAnsweredAt,
  scanInputAt,
  scanReserveAnswers,
  scanTake,
  scanTargetsAnswered,
} from "./answers/answer.ts";
import {
  scanDue,
  scanDueAt,
  scanDueMost,
  scanDueSize,
  scanEnter,
  scanEnterAt,
  scanEntries,
  scanReserveDue,
  scanSpoiled,
  scanWaiting,
} from "./answers/due.ts";
import { scanExpect } from "./answers/expected.ts";
import { scanKindsAt } from "./answers/kinds.ts";
import { scanShapeSeedAt, scanShapeSeedSize } from "./answers/shapes.ts";
import { scanWalk, scanWalkAt } from "./group.ts";
import { scanInterfaceId, scanRowAt, scanRowHash } from "./interface_id.ts";
import { scanMessagesAt, scanPointers, scanRowsAt } from "./messages.ts";
import { scanKeyAt, scanKeySize, siphash } from "./siphash.ts";
import { scanLetter, scanLink, scanTemplate } from "./template.ts";
import {
  armAt,
  flowToken,
  packetId,
  probeToken,
  scanPorts,
  sourceOf,
  sourcePort,
  targetToken,
} from "./token.ts";
import { scanReserve, scanSources, scanWrite } from "./write.ts";

export { armAt, flowToken, packetId, probeToken, scanPorts, sourceOf, sourcePort, targetToken };
export { scanInterfaceId, scanRowAt, scanRowHash, scanWalk, scanWalkAt };
export { scanKeyAt, scanKeySize, scanLetter, scanLink, scanMessagesAt, scanPointers };
export { scanReserve, scanRowsAt, scanSources, scanTemplate, scanWrite, siphash };
export { scanAnsweredAt, scanDue, scanDueAt, scanDueMost, scanDueSize, scanEnter, scanEnterAt };
export { scanEntries, scanExpect, scanInputAt, scanKindsAt, scanReserveAnswers, scanReserveDue };
export { scanShapeSeedAt, scanShapeSeedSize, scanSpoiled, scanTake, scanTargetsAnswered };
export { scanWaiting, seedAt, seedSize };
