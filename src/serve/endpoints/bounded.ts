/** Headers of one connection, which no answer has for another (RFC 9110, section 7.6.1). */
const OF_CONNECTION = [
  ...["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"],
  "upgrade",
] as const;

/**
 * An answer of an endpoint as it is passed on: with at most so many octets, and without headers that are
 * for one connection. One that is longer is broken off, since its begin is sent already.
 *
 * @param ended called when its last octet was passed on, or nobody waits for it any more; with true where
 *   it was too long
 */
export function boundedAnswer(
  answer: Response,
  most: number,
  ended: (isTooLong: boolean) => void,
): Response {
  const headers = new Headers(answer.headers);
  for (const name of OF_CONNECTION) headers.delete(name);
  if (!headers.has("x-content-type-options")) headers.set("x-content-type-options", "nosniff");
  const init = { status: answer.status, headers };
  if (answer.body === null) {
    ended(false);
    return new Response(null, init);
  }
  const reader = answer.body.getReader();
  let octets = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          ended(false);
          return controller.close();
        }
        octets += value.length;
        if (octets <= most) return controller.enqueue(value);
      } catch (error) {
        ended(false);
        return controller.error(error);
      }
      ended(true);
      controller.error(new RangeError(`an answer has at most ${most} octets here`));
      await reader.cancel();
    },
    async cancel(reason) {
      ended(false);
      await reader.cancel(reason);
    },
  });
  return new Response(body, init);
}
