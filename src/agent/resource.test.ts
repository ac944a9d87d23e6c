import { expect, test } from "vitest";
import type { ResourceItem } from "#model";
import { ensureResource } from "./resource.ts";
import type { Work } from "./work.ts";

test("a resource of a kind that another version of Kolla had is no step that was done", async () => {
  const item = { kind: "resource", id: "resource:x", set: ["x"], needs: [], key: "k" };
  const old = { ...item, resource: { kind: "database" } } as unknown as ResourceItem;
  await expect(ensureResource({} as Work, old)).rejects.toThrow('This agent knows no resource "database"');
});
