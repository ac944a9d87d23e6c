import { describe, expect, it } from "vitest";
import type { BuildSummary, ImageResult } from "../build/index.ts";
import { closingLine, type FailedEvent, failureLines } from "./build-report.ts";

const IMAGES = Array.from({ length: 60 }, (_, number) => `service-number-${number}`);

const failed = (image: string, changes: Partial<FailedEvent> = {}): FailedEvent => ({
  event: "failed",
  at: "",
  image,
  code: "KOLLA_BUILD_STEP",
  message: `[stage-0 4/7] RUN --mount=type=cache,target=/x kolla_apt_install ${IMAGES.join(" ")}\nexit code: 100`,
  where: { file: "/src/docker/tool/tool/Dockerfile.j2", line: 12 },
  log: Array.from({ length: 20 }, (_, number) => `line ${number} ${"of a long log ".repeat(12)}`),
  hint: "Mend that line and run the same command again: what was built is kept.",
  ...changes,
});

const summary = (images: ImageResult[], stopped?: BuildSummary["stopped"]): BuildSummary => ({
  images,
  succeeded: false,
  seconds: 14,
  ...(stopped && { stopped }),
});

const STOPPED = {
  code: "KOLLA_ENGINE_NO_SPACE",
  message: "The container engine's disk is full: /var/lib/docker has 0 MB of 252 GB free",
  hint: "Make room: docker system df shows what takes it. Then run the same command again.",
  because: "the engine's disk is full",
};

describe("the end of a build that failed", () => {
  const left = IMAGES.map((name): ImageResult => ({ name, status: "parent_error", because: "tool failed" }));

  it.each([
    [24, 80],
    [24, 200],
    [50, 80],
    [200, 200],
    [5, 80],
  ])("fits a screen of %i lines and %i columns, however much failed", (rows, columns) => {
    for (const number of [1, 2, 9]) {
      const failures = IMAGES.slice(0, number).map((name, index) =>
        failed(name, { log: [...failed(name).log, `last of ${index}`] }),
      );
      const lines = failureLines(summary(left, STOPPED), failures, { rows, columns });
      expect(lines.length).toBeLessThanOrEqual(Math.max(24, Math.min(rows, 40)) - 1);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      expect(lines.join("\n")).toContain("last of 0");
    }
  });

  it("names image, place, command, last lines and what to type next, and who was left because of it", () => {
    const images: ImageResult[] = [
      { name: "tool", status: "error", because: "exit code: 3" },
      { name: "child", status: "parent_error", because: "tool failed" },
      { name: "grandchild", status: "parent_error", because: "child failed" },
    ];
    const event = failed("tool", {
      message: "[2/3] RUN --mount=type=secret,id=x make all\nexit code: 3",
      log: ["cc x.c", "x.c: no such file"],
    });
    expect(failureLines(summary(images), [event], { rows: 40, columns: 120 })).toEqual([
      "FAIL  tool: exit code: 3 (KOLLA_BUILD_STEP)",
      "  /src/docker/tool/tool/Dockerfile.j2:12",
      "  RUN make all",
      "  | cc x.c",
      "  | x.c: no such file",
      "  Mend that line and run the same command again: what was built is kept.",
      "left  2, as tool failed: child, grandchild",
    ]);
    expect(closingLine(summary(images))).toBe("0 built, 0 present already, 1 failed, 2 left, in 14 s.");
  });

  it("tells a cause that many images share once, and why the build was stopped", () => {
    const { code, message } = { code: "KOLLA_BUILD_PUSH", message: "no such registry" };
    const failures = ["a", "b"].map((image) => failed(image, { code, message, log: [], hint: "" }));
    const withoutPlace = failures.map(({ where: _, ...event }) => event);
    const images: ImageResult[] = [{ name: "c", status: "unprocessed", because: STOPPED.because }];
    expect(failureLines(summary(images, STOPPED), withoutPlace, { rows: 40, columns: 120 })).toEqual([
      "FAIL  a, b: no such registry (KOLLA_BUILD_PUSH)",
      `STOP  ${STOPPED.message} (KOLLA_ENGINE_NO_SPACE)`,
      `  ${STOPPED.hint}`,
      "left  1, as the engine's disk is full: c",
    ]);
  });

  it("is empty when all went well", () => {
    const done: BuildSummary = { images: [{ name: "a", status: "built" }], succeeded: true, seconds: 14 };
    expect(failureLines(done, [], { rows: 40, columns: 120 })).toEqual([]);
    expect(closingLine(done)).toBe("1 built, 0 present already, in 14 s.");
  });
});
