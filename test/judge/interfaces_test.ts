import { assert, assertEquals } from "@std/assert";
import { Blocks } from "../data/blocks.ts";
import { ethernet, type Frame, join } from "../data/packets.ts";
import { judge } from "./compare.ts";
import { generate } from "./generate.ts";
import { judgeTest } from "./judge.ts";

const ETHERNET = 1;
const RAW = 101;
const OFFSET = 1_000_000_000;

/** Packets that begin with their IP header, on two interfaces in turn, one of which is of Ethernet; an unused one. */
function onTwo(frames: readonly Frame[], bigEndian: boolean): Uint8Array {
  const blocks = new Blocks(bigEndian);
  return join(
    blocks.section(),
    blocks.described({ linkType: RAW, resolution: 9 }),
    blocks.described({ linkType: 127 }),
    blocks.described({ linkType: ETHERNET, snaplen: 65_535, offset: BigInt(OFFSET) }),
    ...frames.map(({ time, data, wire = data.length }, i) => {
      const micro = BigInt(Math.round(time * 1e6));
      if (i % 3 === 0) return blocks.enhanced(data, { time: micro * 1000n, wire });
      return blocks.enhanced(ethernet(data), {
        ...{ source: 2, wire: wire + 14 },
        time: micro - BigInt(OFFSET) * 1_000_000n,
      });
    }),
  );
}

judgeTest("flows on interfaces of two link types, in sections of either byte order", async () => {
  const frames = generate({ seed: 15, flows: 1000, link: RAW });
  const half = frames.length >> 1;
  const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
  try {
    Deno.writeFileSync(
      path,
      join(onTwo(frames.slice(0, half), false), onTwo(frames.slice(half), true)),
    );
    const { flows, packets, counted, differences } = await judge(path);
    assertEquals(differences.slice(0, 20), [], `${differences.length} differences`);
    assertEquals(packets, frames.length);
    assert(flows > 500 && counted > packets / 2);
  } finally {
    Deno.removeSync(path);
  }
});
