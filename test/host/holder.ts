/**
 * A process for tests to kill: `holder.ts directory PATH`, `holder.ts ecn INTERFACE|any TARGET...`,
 * `holder.ts sysctl NAME VALUE`, `holder.ts isolation INTERFACE` or `holder.ts lab`. It makes that, writes one line about it, and undoes it when its input ends. To
 * each target it begins a connection that asks for ECN and one that does not.
 */
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../src/host/address.ts";
import { EcnRoute } from "../../src/host/ecn_route.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import { Isolation } from "../../src/host/isolation.ts";
import { Journal } from "../../src/host/journal.ts";
import {
  bindToInterface,
  closeSocket,
  openSocket,
  setMark,
  startConnect,
} from "../../src/host/socket.ts";
import { SysctlHold } from "../../src/host/sysctl_hold.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { IPPROTO_TCP } from "../../src/host/ip_protocol.ts";

const [what, argument = "", ...targets] = Deno.args;

function begin(target: string, interfaceName: string, mark: number): number {
  const address = addressBytes(target);
  const fd = openSocket(IPPROTO_TCP, address.length === 4 ? AF_INET : AF_INET6);
  if (interfaceName !== "any") bindToInterface(fd, interfaceName);
  setMark(fd, mark);
  startConnect(fd, encodeSockaddr(address, 80));
  return fd;
}

async function make(
  journal: Journal,
): Promise<{ line: unknown; end: () => void | Promise<void> }> {
  switch (what) {
    case "directory":
      journal.add({ kind: "directory", path: argument });
      Deno.mkdirSync(argument);
      return { line: argument, end: () => {} };
    case "ecn": {
      const device = argument === "any" ? null : interfaceNamed(argument);
      const route = EcnRoute.open(device, journal);
      const sockets = targets.flatMap((target) =>
        [0, route.mark].map((mark) => begin(target, argument, mark))
      );
      return {
        line: route.mark,
        end: () => {
          sockets.forEach(closeSocket);
          route.close();
        },
      };
    }
    case "sysctl": {
      const state = { [argument]: targets[0]! };
      const hold = SysctlHold.open([state], journal);
      hold.set(state);
      return { line: argument, end: () => hold.close() };
    }
    case "isolation": {
      const ports = { first: 20_000, last: 20_999 };
      const isolation = Isolation.open(
        interfaceNamed(argument),
        ports,
        { "net.ipv4.tcp_sack": 0 },
        journal,
      );
      return { line: ports, end: () => isolation.close() };
    }
    case "lab": {
      const lab = await TargetLab.open();
      const { client, server, servicesFolder: folder } = lab;
      return { line: { client, server, folder }, end: () => lab.close() };
    }
    default:
      throw new RangeError(`no such thing to hold: ${what}`);
  }
}

using journal = Journal.open();
const { line, end } = await make(journal);
console.log(JSON.stringify(line));
await Deno.stdin.readable.pipeTo(new WritableStream());
await end();
