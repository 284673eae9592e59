import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { isApiKey, isInTheClear } from "../../../result/pto/server.ts";
import { KEY_VARIABLE, type RemoteInvocation } from "./options.ts";

/** How a server is reached. */
export interface Access {
  /** What its paths stand behind; ends with a slash. */
  readonly base: URL;
  readonly key: string | null;
  /** Where the key came from, for messages. */
  readonly keyPlace: string;
  /** Certificates of further authorities, PEM. */
  readonly authorities: readonly string[];
}

/**
 * What the command line and the environment say of it.
 *
 * @throws {UsageError} when the address is none, or the key would be seen on the way
 * @throws {Failure} when a file cannot be read, or holds no key
 */
export function accessOf(
  text: string,
  options: Pick<RemoteInvocation["options"], "key-file" | "ca" | "insecure-http">,
): Access {
  const base = baseOf(text);
  const file = options["key-file"];
  const key = (file === undefined ? Deno.env.get(KEY_VARIABLE) : read(file, "key"))?.trim() || null;
  const keyPlace = file ?? KEY_VARIABLE;
  if (file !== undefined && key === null) {
    throw new Failure(`${file} is empty: put the key into it`);
  }
  if (key !== null && !isApiKey(key)) {
    throw new Failure(`${keyPlace} holds blanks or other characters that no key has: check it`);
  }
  if (key !== null && isInTheClear(base) && !options["insecure-http"]) {
    throw new UsageError(
      `the key of ${keyPlace} could be read on the way to ${base.host}: ask by https, or give ` +
        "--insecure-http if that does not matter",
    );
  }
  const authorities = options.ca === undefined ? [] : [read(options.ca, "certificates")];
  // Another text would be none of them, without a word
  if (authorities.some((pem) => !pem.includes("-----BEGIN CERTIFICATE-----"))) {
    throw new Failure(`${options.ca} has no certificate: PEM has it behind BEGIN CERTIFICATE`);
  }
  return { base, key, keyPlace, authorities };
}

function baseOf(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url !== null && ["http:", "https:"].includes(url.protocol) &&
    url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (isPlain) return new URL(url.pathname.replace(/\/*$/, "/"), url);
  throw new UsageError(
    `URL must be where a server is, such as https://vantage.example.org:8642, not ${text}`,
  );
}

function read(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`cannot read the ${what} ${path}: ${fileError(error)}`, { cause: error });
  }
}
