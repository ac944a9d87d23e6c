import { describe, expect, it } from "vitest";
import { BuildLog } from "./progress.ts";

const OUTPUT = `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 111B done
#1 DONE 0.0s

#5 [2/3] RUN echo hello
#5 sha256:d313150c443915a499f0077415c85ffd3632c520b88299525671addd71f36aa7
#5 0.110 hello
#5 DONE 0.2s

#6 [3/3] RUN echo one; echo two; exit 3
#6 sha256:05dfcb082c7dc35adacf57e08b2f178875762fbee19b9868fd832372d2e6a71f
#6 0.143 one
#6 0.143 two
#6 ERROR: executor failed running [/bin/sh -c echo one; echo two; exit 3]: exit code: 3
------
 > [3/3] RUN echo one; echo two; exit 3:
------
executor failed running [/bin/sh -c echo one; echo two; exit 3]: exit code: 3`.split("\n");

describe("the output of a build", () => {
  it("shows instructions and what they print, nothing else", () => {
    const log = new BuildLog();
    expect(OUTPUT.flatMap((line) => log.read(line) ?? [])).toEqual([
      "[2/3] RUN echo hello",
      "hello",
      "[3/3] RUN echo one; echo two; exit 3",
      "one",
      "two",
    ]);
  });

  it("tells the instruction that failed, how, and its last lines", () => {
    const log = new BuildLog();
    for (const line of OUTPUT) log.read(line);
    expect(log.failure()).toEqual({
      message: "[3/3] RUN echo one; echo two; exit 3\nexit code: 3",
      log: ["one", "two"],
    });
  });

  it("shows twenty lines at most of a failure, and its command shortened", () => {
    const log = new BuildLog();
    log.read(`#2 [1/1] RUN ${"x".repeat(5000)}`);
    for (let number = 1; number <= 100; number++) log.read(`#2 0.1 line ${number}`);
    log.read("#2 ERROR: exit code: 1");
    const { message, log: lines } = log.failure();
    expect(message.length).toBeLessThan(700);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe("line 100");
  });

  it("shows the line that told of a full disk, however much was printed after it", () => {
    const log = new BuildLog();
    log.read("#2 [1/1] RUN apt-get install x");
    log.read("#2 0.1 dpkg: failed to write (No space left on device)");
    for (let number = 1; number <= 100; number++) log.read(`#2 0.1 line ${number}`);
    log.read("#2 ERROR: exit code: 100");
    const { log: lines } = log.failure();
    expect(lines).toHaveLength(20);
    expect(lines.slice(0, 3)).toEqual(["dpkg: failed to write (No space left on device)", "…", "line 83"]);
  });

  it("gives the client's own words when no instruction failed", () => {
    const log = new BuildLog();
    log.read("failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN");
    expect(log.failure().message).toContain("unknown instruction: RUNN");
  });
});
