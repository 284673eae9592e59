import { passing, RemoteFailure } from "./failure.ts";

/**
 * The text of an answer's body, in pieces. It is left when no more of it is wanted.
 *
 * @param silence how long nothing may come, in milliseconds
 * @throws {RemoteFailure} when the connection breaks, or nothing comes
 */
export async function* piecesOf(
  { body }: Response,
  host: string,
  silence: number,
): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), host, silence);
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof RemoteFailure) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw passing(`the connection to ${host} broke (${why})`, error);
  } finally {
    reader.cancel().catch(() => {}); // it may be broken already
  }
}

async function withinSilence<T>(read: Promise<T>, host: string, silence: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(passing(`${host} said nothing for ${silence / 1000} s`)),
      silence,
    );
  });
  try {
    return await Promise.race([read, silent]);
  } finally {
    clearTimeout(timer);
  }
}
