import { assertEquals } from "@std/assert";
import { fairShares } from "../../../src/serve/http/fair_shares.ts";

/** So many of an address, of which some are busy; the last of each kind is the one that waits longest. */
function of(address: string, count: number, busy = 0) {
  return Array.from({ length: count }, (_, at) => ({
    address,
    isBusy: at < busy,
    since: 100 - at,
  }));
}

Deno.test("where there is room for all, nobody goes", () => {
  assertEquals(fairShares([], 0), []);
  assertEquals(fairShares(of("a", 3), 3), []);
});

Deno.test("who takes most has to give", () => {
  const gone = fairShares([...of("few", 2), ...of("many", 50), ...of("some", 5)], 12);
  const left = (address: string, all: number) =>
    all - gone.filter((one) => one.address === address).length;
  assertEquals([left("few", 2), left("many", 50), left("some", 5)], [2, 5, 5]);
});

Deno.test("what is used stays longer than what is not, and what is new longer than what is old", () => {
  const gone = fairShares(of("a", 6, 2), 3);
  assertEquals(gone.map(({ isBusy, since }) => [isBusy, since]), [
    ...[[false, 97], [false, 96], [false, 95]],
  ]);
  assertEquals(fairShares(of("a", 4, 4), 3).map(({ since }) => since), [97]);
});
