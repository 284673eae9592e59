import { FILE_INPUT, FileReader } from "../../src/observe/file/reader.ts";
import { flowTable } from "./dissect.ts";
import { Folder } from "./temporary.ts";

/** A packet as it was found in a file. */
export interface FilePacket {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly linkType: number;
  readonly frame: Uint8Array;
  readonly wire: number;
}

/** What was found in a file. */
export interface FileContent {
  readonly packets: FilePacket[];
  readonly fault: string | null;
  readonly counters: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
  readonly interfaces: FileReader["format"]["described"];
}

/** All packets of a file, which are counted in a table too. */
export function filePackets(
  octets: Uint8Array,
  filter?: string,
  table = flowTable({ input: FILE_INPUT }),
): FileContent {
  using folder = new Folder();
  using reader = FileReader.open(folder.put("capture", octets), table);
  if (filter !== undefined) reader.filter(filter);
  const found: FilePacket[] = [];
  while (!reader.ended) {
    if (reader.find()) {
      const packets = table.packets.view(reader.format.interfaces);
      for (let i = 0; i < packets.count; i++) {
        const { linkType } = packets.seenOn(i);
        const [time, frame] = [packets.time(i), packets.frame(i).slice()];
        found.push({ time, linkType, frame, wire: packets.wireLength(i) });
      }
      table.dissectListed();
    } else if (!reader.ended) reader.read();
  }
  const { counters, remarks, described } = reader.format;
  return {
    packets: found,
    fault: reader.fault,
    counters: { ...counters },
    remarks,
    interfaces: described,
  };
}
