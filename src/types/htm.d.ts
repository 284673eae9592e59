/** What the page uses of `htm`, whose own types Deno takes for those of a CommonJS module. */
declare const htm: {
  bind<Made>(
    make: (type: never, props: never, ...children: never[]) => Made,
  ): (strings: TemplateStringsArray, ...values: readonly unknown[]) => Made | Made[];
};
export default htm;
