import { ANY, Capture } from "../../host/capture.ts";
import type { LiveOptions } from "../../host/capture_live.ts";
import type { FlowTable } from "../flow_table.ts";
import type { Lane } from "./lane.ts";
import { SeenOn } from "./seen_on.ts";
import type { Sources } from "./sources.ts";

/** What interfaces are captured with. */
export interface LiveParts {
  readonly options: LiveOptions;
  /** Packets to look at, as in pcap-filter(7); all of them when missing. */
  readonly filter: string | undefined;
  readonly table: FlowTable;
  readonly sources: Sources;
}

/** An interface that is captured on, or `any` for all of them, with what was read of it. */
export class LiveInterface implements Disposable {
  readonly name: string;
  /** The kernel's number of it; 0 for all of them. */
  readonly index: number;
  readonly lane: Lane;
  readonly capture: Capture;
  /** Tells on which one each packet was seen; null where that is sure. */
  readonly seenOn: SeenOn | null;

  /** Opens it. Throws a {@linkcode Failure} when it cannot be captured on, or its link is not read. */
  constructor(
    { name, index }: { readonly name: string; readonly index: number },
    lane: Lane,
    { options, filter, table, sources }: LiveParts,
  ) {
    this.name = name;
    this.index = index;
    this.lane = lane;
    const capture = this.capture = Capture.live(name, options);
    try {
      if (filter !== undefined) capture.filter(filter);
      table.checkLink(capture.linkType);
      const { linkType, snaplen } = capture;
      const seen = { name, linkType, snaplen };
      lane.source = sources.number(seen)!;
      this.seenOn = name === ANY ? new SeenOn(sources, seen) : null;
    } catch (error) {
      capture.close();
      throw error;
    }
  }

  close(): void {
    this.capture.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
