import { run } from "../../host/run.ts";

/** The paths of a server's certificate and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a self-signed certificate, with a key on P-256, the fastest to make and to use. */
export function makeCertificate(directory: string): Certificate {
  const made = { certificate: `${directory}/certificate.pem`, key: `${directory}/key.pem` };
  run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=spider", "-days", "3650", "-out", made.certificate, "-keyout", made.key],
  ]);
  return made;
}
