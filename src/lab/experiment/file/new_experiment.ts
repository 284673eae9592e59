import { labName } from "../../file/lab_file.ts";

/** The file of a new experiment, which runs as it is. */
export function newExperiment(name: string): string {
  const called = labName.safeParse(name).success ? name : "study";
  return `# spider help experiments describes every key; spider experiment plan shows what is done.
name: ${called}
description: What becomes of ECN behind middleboxes
tests:
  - name: ecn
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix:
      middlebox: [transparent, ecn-clear, ecn-drop-syn]
      ip: [4, 6]
    expect:
      - when: { middlebox: transparent }
        must: [ecn.connectivity.works, ecn.negotiation.succeeded, ecn.ipmark.ect0.seen]
      - when: { middlebox: ecn-clear }
        must: [ecn.connectivity.works, ecn.ipmark.ect0.not_seen]
      - when: { middlebox: ecn-drop-syn }
        must: [ecn.connectivity.broken]
`;
}
