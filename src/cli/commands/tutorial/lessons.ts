import type { Lesson } from "./lesson.ts";

/** The lessons, in the order of lists: a new one is a file and a line here. */
const lessons: Readonly<Record<string, () => Promise<{ readonly lesson: Lesson }>>> = {
  spider: () => import("./lessons/spider.ts"),
  chain: () => import("./lessons/chain.ts"),
  middlebox: () => import("./lessons/middlebox.ts"),
  protocol: () => import("./lessons/protocol.ts"),
  service: () => import("./lessons/service.ts"),
  environment: () => import("./lessons/environment.ts"),
  observer: () => import("./lessons/observer.ts"),
  endpoint: () => import("./lessons/endpoint.ts"),
  experiment: () => import("./lessons/experiment.ts"),
};

/** Their names. */
export const LESSON_NAMES: readonly string[] = Object.keys(lessons);

/** Loads a lesson, which there is. */
export async function loadLesson(name: string): Promise<Lesson> {
  return (await lessons[name]!()).lesson;
}
