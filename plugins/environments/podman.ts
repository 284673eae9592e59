import type { NetworkEnvironment, PlacedCommand, Placing } from "../../src/mod.ts";

/** What podman would like to have is more than this process may have to give, as in a container. */
const LIMITS = ["--ulimit=nofile=1000:1000", "--ulimit=nproc=1000:1000"];

export default {
  kind: "environment",
  name: "podman",
  version: "1.0.0",
  api: "^1",
  summary: "containers, each in the network namespace of its host",
  type: "network",
  topology: "namespaces",
  program: "podman",
  package: "podman",
  wantsImage: true,
  options: {
    runtime: {
      type: "string",
      summary: "what runs containers; crun wants cgroups of version 2 alone",
      default: "runc",
    },
    capability: {
      type: "string",
      summary: "one more capability that they have, such as NET_RAW; may be given more than once",
      repeated: true,
    },
  },
  place({ words, variables }: PlacedCommand, placing: Placing): PlacedCommand {
    const { name, namespace, folder, reads, image, options } = placing;
    if (image === null) {
      throw new Error("a container wants an image: give the service one, or a root file system");
    }
    return {
      words: [
        ...["podman", `--runtime=${options.runtime}`, "run", "--rm", "--pull=never"],
        `--name=${name}`,
        ...(namespace === null ? ["--network=host"] : [`--network=ns:/run/netns/${namespace}`]),
        // Without an init the service is process 1, which ignores signals that it does not handle
        ...["--init", "--log-driver=none"],
        ...LIMITS,
        ...(options.capability as readonly string[]).map((one) => `--cap-add=${one}`),
        mount(folder, ""),
        ...reads.map((path) => mount(path, ",readonly")),
        `--workdir=${folder}`,
        ...Object.entries(variables).map(([variable, value]) => `--env=${variable}=${value}`),
        // What is written to a root file system is put over it, and forgotten
        ...(image.startsWith("/") ? ["--rootfs", `${image}:O`] : [image]),
        ...words,
      ],
      variables: {},
    };
  },
  remove: ({ name }: Placing) => ["podman", "rm", "--force", "--ignore", "--time=0", name],
} satisfies NetworkEnvironment;

/** Mounts a file or folder at the same path. */
function mount(path: string, how: string): string {
  return `--mount=type=bind,source=${path},destination=${path}${how}`;
}
