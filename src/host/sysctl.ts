import { Failure } from "./failure.ts";
import { readKernelFile, writeKernelFile } from "./kernel_file.ts";
import { gone } from "./process.ts";
import { attempt } from "./run.ts";

/** What a kernel setting may be called, as sysctl(8) names it. */
export const SYSCTL_NAME = /^[a-z0-9_]+([./][A-Za-z0-9_-]+)+$/;

/** A value in a form for comparison: the kernel writes tabs where others write blanks. */
export function sysctlText(value: number | string): string {
  return String(value).trim().split(/\s+/).join(" ");
}

/** Whether a setting is per network namespace; others are global. */
export function isNamespaced(name: string): boolean {
  return /^net[./]/.test(name);
}

/** Whether this kernel supports IPv6 at all. */
export function speaksIpv6(): boolean {
  return readSysctl("net.ipv6.conf.default.accept_dad") !== null;
}

/**
 * What a kernel setting is now; null when this kernel has none of that name.
 *
 * @param namespace path of the network namespace to look in; null for our own
 * @throws {Failure} when it may not be read
 */
export function readSysctl(name: string, namespace: string | null = null): string | null {
  if (namespace !== null) return readWithin(name, namespace);
  try {
    return sysctlText(readKernelFile(pathOf(name)));
  } catch (error) {
    if (gone(error)) return null;
    throw new Failure(`cannot read the kernel setting ${name}: ${saidOf(error)}`);
  }
}

/**
 * Sets a kernel setting.
 *
 * @param namespace path of the network namespace to set it in; null for our own
 * @throws {Failure} when there is none of that name, or the kernel refuses
 */
export function writeSysctl(name: string, value: string, namespace: string | null = null): void {
  if (namespace !== null) return writeWithin(name, value, namespace);
  try {
    // A value may be empty, a write may not
    writeKernelFile(pathOf(name), `${value}\n`);
  } catch (error) {
    if (gone(error)) throw noSuchSetting(name);
    throw refused(name, value, saidOf(error));
  }
}

/** The error for a setting that this kernel does not have. */
export function noSuchSetting(name: string): Failure {
  return new Failure(
    `this kernel has no setting ${name}: see \`sysctl -a\` for those it has, and load the module ` +
      `that brings it`,
  );
}

/**
 * Its path. The separator that comes first is the one between the parts, the other stands for
 * itself, as in `net/ipv4/conf/eth0.1/mtu` (sysctl(8)).
 */
function pathOf(name: string): string {
  const dotted = /^[^./]*\./.test(name);
  const path = dotted ? name.replace(/[./]/g, (sign) => sign === "." ? "/" : ".") : name;
  return `/proc/sys/${path}`;
}

function readWithin(name: string, namespace: string): string | null {
  const { ok, stdout, stderr } = attempt("nsenter", [`--net=${namespace}`, "cat", pathOf(name)]);
  if (ok) return sysctlText(stdout);
  if (/No such file/.test(stderr)) return null;
  throw new Failure(`cannot read the kernel setting ${name}: ${stderr.trim()}`);
}

function writeWithin(name: string, value: string, namespace: string): void {
  const script = 'printf "%s\\n" "$2" > "$1"';
  const { ok, stderr } = attempt("nsenter", [
    `--net=${namespace}`,
    ...["sh", "-c", script, "sh", pathOf(name), value],
  ]);
  if (!ok) throw refused(name, value, stderr.trim());
}

function refused(name: string, value: string, said: string): Failure {
  return new Failure(`cannot set ${name} to ${value}: ${said}${adviceFor(said)}`);
}

function adviceFor(said: string): string {
  if (/EROFS|read-only/i.test(said)) {
    return ": it is mounted read-only, as in a container without privileges";
  }
  if (/EINVAL|invalid argument/i.test(said)) return ": the kernel does not take this value";
  return /EPERM|EACCES|not permitted|permission denied/i.test(said) ? ": run spider as root" : "";
}

/** The name of the error. */
function saidOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
