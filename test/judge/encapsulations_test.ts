import { assert, assertEquals } from "@std/assert";
import { pcapng } from "../data/captures.ts";
import { Folder } from "../data/temporary.ts";
import { judge } from "./compare.ts";
import { everyKind } from "./every_kind.ts";
import { judgeTest } from "./judge.ts";

judgeTest("one packet in each header, in each tunnel and on each link type", async () => {
  const { frames, links } = everyKind();
  using folder = new Folder();
  const interfaces = links.map((linkType) => ({ linkType }));
  const path = folder.put("all.pcapng", pcapng(frames, { interfaces }));
  const { packets, flows, counted, leftOut, differences } = await judge(path);
  assertEquals(differences, []);
  assertEquals(packets, frames.length);
  // What is in L2TPv3 tshark does not say
  const [unjudged] = Object.values(leftOut);
  assertEquals([Object.keys(leftOut).length, unjudged], [1, 2]);
  assertEquals(counted, packets - unjudged!);
  assert(flows === counted);
});
