import type { ServicePort, TesterOutcome } from "../../../src/contract/service.ts";
import { addressesOf, peersOf } from "../../../src/lab/service/peers.ts";
import { putFiles } from "../../../src/lab/service/running.ts";
import { loadBundled } from "../../../src/plugin/bundled.ts";
import { outcomeOf } from "../../../src/plugin/outcome_of.ts";
import { readValues } from "../../../src/plugin/schema/option.ts";
import { Folder } from "../../data/temporary.ts";
import type { TestLab } from "../live.ts";

/** What a tester tests. */
export interface Tested {
  /** The service's name. */
  readonly service: string;
  /** Its host, where several have one of that name. */
  readonly host?: string;
  /** A protocol and a version that it speaks: `http 2`. */
  readonly speaks: string;
  /** The port, where it is not that of the service. */
  readonly port?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Runs a tester on the client of a lab, at the address of a service on its link. */
export async function runTester(
  lab: TestLab,
  name: string,
  { service: tested, host, speaks, port, options = {} }: Tested,
  family: 4 | 6,
): Promise<TesterOutcome> {
  using folder = new Folder();
  const tester = (await loadBundled("service", name))!;
  const all = lab.lab.plan.nodes.flatMap((node) =>
    node.services.map((planned) => ({
      name: planned.service.name,
      host: node.name,
      planned,
      addresses: addressesOf(node),
    }))
  );
  const { planned: { ports }, addresses } = all.find((one) =>
    one.name === tested && (host ?? one.host) === one.host
  )!;
  const found = ports.find(({ protocol, version }) => `${protocol} ${version}` === speaks)!;
  const spoken: ServicePort = { ...found, port: port ?? found.port };
  const context = {
    folder: folder.path,
    certificate: "",
    key: "",
    options: readValues(tester.options ?? {}, options),
    ports: [spoken],
    target: {
      name: tested,
      address: addresses.find((address) => address.includes(":") === (family === 6))!,
      family,
      port: spoken,
    },
    peers: peersOf(tester, all),
  };
  putFiles(folder.path, name, tester.files?.(context) ?? {});
  const [program = "", ...args] = lab.on("client")([tester.program, ...tester.arguments(context)]);
  const { code: status, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder.path,
    env: { LC_ALL: "C", HOME: folder.path },
    stdin: "null",
  }).output();
  const files = Object.fromEntries(
    [...Deno.readDirSync(folder.path)].map(({ name }) => [name, folder.text(name)]),
  );
  const [out = "", err = ""] = [stdout, stderr].map((octets) => new TextDecoder().decode(octets));
  return outcomeOf(tester, { status, stdout: out, stderr: err, late: false, files });
}
