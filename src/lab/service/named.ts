import type { ProtocolVersion } from "../../contract/protocol.ts";
import type { Service, ServicePort } from "../../contract/service.ts";
import { bundledNames } from "../../plugin/bundled.ts";
import { readValues, valueFaults } from "../../plugin/schema/option.ts";
import type { PluginSettings } from "../../plugin/settings.ts";
import { loadTrusted } from "../../plugin/trusted.ts";
import type { ServiceEntry } from "../file/lab_file.ts";
import { unknown } from "../file/yaml.ts";
import type { PlannedService } from "../topology/network_plan.ts";

/**
 * The service that an entry of a file means, with what it is to speak; or what is wrong.
 *
 * @param resolve makes the path of a file of one from where the words stand
 * @param only the one protocol that it is to speak; all that it can when undefined
 * @throws {Failure} when a plugin cannot be loaded, or is not trusted
 */
export async function namedService(
  entry: ServiceEntry,
  settings: PluginSettings | undefined,
  resolve: (path: string) => string,
  only?: string,
): Promise<PlannedService | string> {
  const told: Exclude<ServiceEntry, string> = typeof entry === "string"
    ? { service: entry, options: {} }
    : entry;
  const service = await loadTrusted("service", resolve(told.service), settings);
  if (service === undefined) return unknown("service", told.service, bundledNames("service"));
  const all = await versionsOf(service, settings);
  if (typeof all === "string") return all;
  const known = only === undefined ? all : all.filter(({ protocol }) => protocol === only);
  if (known.length === 0) {
    const spoken = [...new Set(all.map(({ protocol }) => protocol))].join(", ");
    return `${service.name} speaks ${spoken}, not ${only}`;
  }
  const wanted = told.versions ?? known.map(({ version }) => version.name);
  const ports: ServicePort[] = [];
  for (const name of wanted) {
    const found = known.find(({ version }) => version.name === name);
    if (found === undefined) {
      const spoken = known.map(({ protocol, version }) => `${protocol} ${version.name}`);
      return `${service.name} speaks ${spoken.join(", ")}, not ${name}`;
    }
    const { protocol, version: { transport, port, tls = false } } = found;
    ports.push({ protocol, version: name, transport, port: told.port ?? port, tls });
  }
  const mixed = new Set(ports.filter(({ transport }) => transport === "tcp").map(({ tls }) => tls));
  if (told.port !== undefined && mixed.size > 1 && service.type === "iut") {
    const over = ports.filter(({ transport }) => transport === "tcp")
      .map(({ protocol, version }) => `${protocol} ${version}`);
    return `${service.name} cannot speak ${over.join(", ")} on one port: name the versions`;
  }
  const declared = service.options ?? {};
  const faults = valueFaults(declared, told.options);
  if (faults.length > 0) return `${service.name}: ${faults.map(({ text }) => text).join("; ")}`;
  return {
    service,
    // A tester listens nowhere
    ports: service.type === "tester" ? ports : onePerPort(ports),
    options: readValues(declared, told.options),
    timeout: told.timeout ?? TIMEOUT,
    greetings: Object.fromEntries(
      known.flatMap(({ protocol, greeting }) =>
        greeting === undefined ? [] : [[protocol, greeting]]
      ),
    ),
  };
}

/** How long a service may take until it is ready, in milliseconds. */
const TIMEOUT = 20_000;

/** A version of a protocol that a service speaks. */
interface KnownVersion {
  readonly protocol: string;
  readonly version: ProtocolVersion;
  readonly greeting: readonly number[] | undefined;
}

/** All versions that it speaks, or which protocol is not known. */
async function versionsOf(
  service: Service,
  settings: PluginSettings | undefined,
): Promise<KnownVersion[] | string> {
  const versions: KnownVersion[] = [];
  for (const { protocol: name, versions: spoken } of service.speaks) {
    const protocol = await loadTrusted("protocol", name, settings);
    if (protocol === undefined) {
      return `${service.name} speaks ${name}, and there is no protocol of that name: ` +
        "put it into a plugin folder, or add it";
    }
    for (const version of protocol.versions) {
      if (!spoken.includes(version.name)) continue;
      versions.push({ protocol: name, version, greeting: protocol.greeting });
    }
  }
  return versions;
}

/** Of several versions on one port of a transport the last, which servers of it take the others with. */
function onePerPort(ports: readonly ServicePort[]): ServicePort[] {
  return ports.filter(({ transport, port }, at) =>
    !ports.slice(at + 1).some((later) => later.transport === transport && later.port === port)
  );
}
