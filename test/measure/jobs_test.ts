import { assertEquals } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

rootTest("jobs at one address with other ports or domains are jobs of their own", async () => {
  await using lab = await TargetLab.open({ services: ["nginx", "unbound"] });
  const [dip] = lab.addresses("transparent", 4, 1);
  const given = [
    { dip },
    { dip, dp: 80 },
    { dip, dp: 53 },
    { dip, domain: "a.example" },
    { dip, domain: "b.example" },
  ];
  const ports = async (connect: string) => {
    const { code, out, err } = await lab.spider(["measure", "ecn", "--connect", connect], {
      input: given.map((job) => JSON.stringify(job)).join("\n"),
    });
    assertEquals(code, 0, err);
    return results(out).map(({ dp, domain, conditions }) => `${dp} ${domain} ${conditions[0]}`)
      .sort();
  };
  const works = (port: number) =>
    [
      "53 undefined ecn.connectivity.works",
      `${port} a.example ecn.connectivity.works`,
      `${port} b.example ecn.connectivity.works`,
      `${port} undefined ecn.connectivity.works`,
      "80 undefined ecn.connectivity.works",
    ].sort();
  assertEquals(await ports("tcp"), works(80));
  // HTTP is no DNS, over both arms alike
  assertEquals(
    await ports("dnstcp"),
    works(53).map((line) => line.startsWith("80") ? "80 undefined pathspider.not_observed" : line)
      .sort(),
  );
});
