import { describe, expect, test } from "vitest";
import { tellRecords } from "../../src/agent/records.ts";
import { converge, job, siteOf, webSite } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();
const SAVE = { verb: "shop-save", ofService: true };

describe.skipIf(!there)("a verb of a service's own", () => {
  const host = hostOfEachTest();
  const run = (script: string) => converge(host.ground, siteOf([{ ...job(script), verb: SAVE.verb }]), SAVE);

  test("does its job each time, and tells its last words", async () => {
    for (const _ of ["once", "again"]) {
      const { code, events } = await run("echo begun; echo saved as one");
      expect(code).toBe(0);
      expect(events.find(({ event }) => event === "step-done")?.message).toBe("saved as one");
    }
  });

  test("leaves nothing that could be returned to", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    const before = (await tellRecords(host.ground, {})).now;
    await run("echo saved");
    expect((await tellRecords(host.ground, {})).now).toEqual(before);
  });

  test("that fails is told as begun, though it went well once", async () => {
    await run("true");
    const { code, events } = await run("echo no room; exit 1");
    expect(code).toBe(20);
    expect(events.find(({ event }) => event === "step-failed")?.log).toEqual(["no room"]);
    expect(events.findLast(({ left }) => left)?.left?.moved).toMatchObject([{ kind: "job", how: "begun" }]);
  });
});
