import { createHash } from "node:crypto";
import { assertEquals } from "@std/assert";
import { sha1 } from "../../../plugins/services/shared/sha1.ts";
import { torrentOf } from "../../../plugins/services/shared/torrent.ts";

/** Octets as hexadecimal digits. */
function digits(octets: Uint8Array): string {
  return octets.toHex();
}

Deno.test("SHA-1 is that of OpenSSL, at every length of a block's end", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 65536]) {
    const octets = Uint8Array.from({ length }, (_, at) => at * 7 + 3);
    assertEquals(
      digits(sha1(octets)),
      createHash("sha1").update(octets).digest("hex"),
      `${length}`,
    );
  }
});

Deno.test("a torrent hangs on its options alone, and its hash is that of what describes it", () => {
  const torrent = torrentOf({ size: 100_000, "content-seed": 7 });
  assertEquals(torrent.content.length, 100_000);
  const again = torrentOf({ size: 100_000, "content-seed": 7 });
  assertEquals([again.infoHash, digits(again.content)], [
    ...[torrent.infoHash, digits(torrent.content)],
  ]);
  const metainfo = torrent.metainfo(["http://a/x", "http://b/x"]);
  const text = new TextDecoder("latin1").decode(metainfo);
  assertEquals(
    text.startsWith(
      "d8:announce10:http://a/x13:announce-listll10:http://a/xel10:http://b/xee4:infod6:lengthi100000e",
    ),
    true,
    text.slice(0, 100),
  );
  const info = metainfo.subarray(text.indexOf("4:info") + 6, -1);
  assertEquals(torrent.infoHash, createHash("sha1").update(info).digest("hex"));
  const other = torrentOf({ size: 100_000, "content-seed": 8 });
  assertEquals(other.infoHash === torrent.infoHash, false);
  const short = new TextDecoder("latin1").decode(torrent.metainfo([]));
  assertEquals(short.startsWith("d4:infod6:length"), true);
});
