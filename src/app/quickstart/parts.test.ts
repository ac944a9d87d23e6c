import { expect, test } from "vitest";
import { Parts } from "./parts.ts";

test("parts run one after the other, each told before it begins, and the report has what they say of themselves", async () => {
  const course: string[] = [];
  const parts = new Parts((name) => course.push(`== ${name}`));
  const part = async (words: string): Promise<void> => {
    await Promise.resolve();
    course.push(words);
  };
  await parts.run("tools", () => part("looked").then(() => false));
  expect(parts.report()).toMatchObject({ changed: false, phases: [{ name: "tools", changed: false }] });
  const value = await parts.run("server", async () => {
    await part("booted");
    return { changed: true, value: "up" };
  });
  expect(value).toBe("up");
  expect(course).toEqual(["== tools", "looked", "== server", "booted"]);
  expect(parts.report()).toEqual({
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
  const parts = new Parts((name) => begun.push(name));
  await expect(parts.run("images", () => Promise.reject(new Error("no engine")))).rejects.toThrow(
    "no engine",
  );
  expect(begun).toEqual(["images"]);
  expect(parts.report()).toMatchObject({ changed: false, phases: [] });
});
