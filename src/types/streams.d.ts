/** What the tests use of `@std/streams`, which comes without types. */
export class TextLineStream extends TransformStream<string, string> {}
