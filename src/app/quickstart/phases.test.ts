import { expect, test } from "vitest";
import { Phases } from "./phases.ts";

test("parts run one after the other, each told before it begins, and the report has what they say of themselves", async () => {
  const course: string[] = [];
  const phases = new Phases((name) => course.push(`== ${name}`));
  const part = async (words: string): Promise<void> => {
    await Promise.resolve();
    course.push(words);
  };
  await phases.run("tools", () => part("looked").then(() => false));
  expect(phases.report()).toMatchObject({ changed: false, phases: [{ name: "tools", changed: false }] });
  const value = await phases.run("server", async () => {
    await part("booted");
    return { changed: true, value: "up" };
  });
  expect(value).toBe("up");
  expect(course).toEqual(["== tools", "looked", "== server", "booted"]);
  expect(phases.report()).toEqual({
    seconds: expect.any(Number),
    changed: true,
    phases: [
      { name: "tools", seconds: expect.any(Number), changed: false },
      { name: "server", seconds: expect.any(Number), changed: true },
    ],
  });
});

test("a part that fails was begun and has not ended", async () => {
  const begun: string[] = [];
  const phases = new Phases((name) => begun.push(name));
  await expect(phases.run("images", () => Promise.reject(new Error("no engine")))).rejects.toThrow(
    "no engine",
  );
  expect(begun).toEqual(["images"]);
  expect(phases.report()).toMatchObject({ changed: false, phases: [] });
});
