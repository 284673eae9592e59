/** The library, loaded by what runs: all of it takes a while, and a list of plugins runs none. */
export const library = () => import("../../../src/mod.ts");
