import type { HttpEndpoint } from "../contract/endpoint.ts";

/** The endpoints that ship with the program: a new one is a file and a line here. */
export const ENDPOINTS: Readonly<Record<string, () => Promise<{ default: HttpEndpoint }>>> = {
  example: () => import("../../plugins/endpoints/example.ts"),
  files: () => import("../../plugins/endpoints/files.ts"),
  netinfo: () => import("../../plugins/endpoints/netinfo.ts"),
  sessions: () => import("../../plugins/endpoints/sessions.ts"),
  systeminfo: () => import("../../plugins/endpoints/systeminfo.ts"),
};
