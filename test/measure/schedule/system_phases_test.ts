import { assertEquals, assertRejects } from "@std/assert";
import ecn from "../../../plugins/spiders/ecn.ts";
import { Failure } from "../../../src/host/failure.ts";
import { Journal } from "../../../src/host/journal.ts";
import { readSysctl } from "../../../src/host/sysctl.ts";
import { SystemPhases } from "../../../src/measure/schedule/system_phases.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../../lab/root.ts";

const PORTS = "net.ipv4.ip_local_port_range";

rootTest("a setting that the kernel refuses is not said to be another program's", async () => {
  using _state = new StateDirectory();
  using journal = Journal.open();
  const before = readSysctl(PORTS);
  const phases = new SystemPhases(ecn, {}, [{ sysctls: { [PORTS]: "9 1" } }], journal);
  await assertRejects(() => phases.enter(0), Failure, `cannot set ${PORTS} to 9 1`);
  await phases.leave();
  await phases.close();
  assertEquals(readSysctl(PORTS), before);
});
