import { describe, expect, it } from "vitest";
import { type Outcome, type QueueWork, runQueue, secondsToTheEnd } from "./queue.ts";

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  cron: ["base"],
  "openstack-base": ["base"],
  "keystone-base": ["openstack-base"],
  keystone: ["keystone-base"],
  "nova-base": ["openstack-base"],
};

function work(run: (job: string) => Outcome["state"], changes: Partial<QueueWork> = {}) {
  const order: string[] = [];
  const skipped: Record<string, string> = {};
  const settings: QueueWork = {
    jobs: Object.keys(NEEDS),
    needs: (job) => NEEDS[job] ?? [],
    seconds: () => 10,
    threads: 1,
    run: async (job) => {
      order.push(job);
      const state = run(job);
      return state === "fatal" ? { state, because: "the disk is full" } : { state };
    },
    onSkip: (job, because) => {
      skipped[job] = because;
    },
    ...changes,
  };
  return { order, skipped, settings };
}

describe("the build queue", () => {
  it("takes the image first that has the longest chain before it", async () => {
    const { order, settings } = work(() => "done");
    await runQueue(settings);
    expect(order).toEqual(["base", "openstack-base", "keystone-base", "cron", "keystone", "nova-base"]);
  });

  it("counts seconds, not images, along a chain", () => {
    const seconds = (job: string): number => (job === "nova-base" ? 300 : 10);
    const length = secondsToTheEnd({ jobs: Object.keys(NEEDS), needs: (job) => NEEDS[job] ?? [], seconds });
    expect(length.get("nova-base")).toBe(300);
    expect(length.get("keystone-base")).toBe(20);
    expect(length.get("base")).toBe(320);
  });

  it("builds as many at a time as there are threads, and never a child before its parent", async () => {
    let running = 0;
    let most = 0;
    const finished = new Set<string>();
    const { settings } = work(() => "done", {
      threads: 2,
      run: async (job) => {
        expect((NEEDS[job] ?? []).every((need) => finished.has(need))).toBe(true);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        finished.add(job);
        return { state: "done" };
      },
    });
    await runQueue(settings);
    expect(most).toBe(2);
    expect(finished.size).toBe(6);
  });

  it("skips exactly the descendants of an image that fails", async () => {
    const { skipped, settings } = work((job) => (job === "keystone-base" ? "failed" : "done"));
    const result = await runQueue(settings);
    expect(skipped).toEqual({ keystone: "keystone-base failed" });
    expect(result.failed).toEqual(["keystone-base"]);
    expect(result.done.toSorted()).toEqual(["base", "cron", "nova-base", "openstack-base"]);
    expect(result.stopped).toBeUndefined();
  });

  it("stops at a full disk, keeps what was built, and says so of the rest", async () => {
    const { skipped, settings } = work((job) => (job === "openstack-base" ? "fatal" : "done"));
    const result = await runQueue(settings);
    expect(result.stopped).toBe("the disk is full");
    expect(result.done).toEqual(["base"]);
    expect(skipped).toEqual({
      cron: "the disk is full",
      keystone: "the disk is full",
      "keystone-base": "the disk is full",
      "nova-base": "the disk is full",
    });
  });

  it("starts nothing after an interrupt", async () => {
    const controller = new AbortController();
    const { order, settings } = work(
      () => {
        controller.abort(new Error("interrupted"));
        return "done";
      },
      { signal: controller.signal },
    );
    const result = await runQueue(settings);
    expect(order).toEqual(["base"]);
    expect(result.skipped).toHaveLength(5);
    expect(result.stopped).toBe("the build was interrupted");
  });

  it("takes what is not in the list as there already", async () => {
    const { order, settings } = work(() => "done", { jobs: ["keystone"] });
    await runQueue(settings);
    expect(order).toEqual(["keystone"]);
  });
});
