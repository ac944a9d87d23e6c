import { expect, test } from "vitest";
import { chosenSets } from "./sets.ts";

test("names of sets, at any depth, stay what they are, and so do those that nobody knows", () => {
  expect(chosenSets({ tags: "nova, glance-api-operation,keystoen", skipTags: "nova" })).toEqual({
    tags: ["nova", "glance-api-operation", "keystoen"],
    skip: ["nova"],
  });
});

test("Kolla-Ansible's tags choose what they choose there", () => {
  const tags = (text: string): string[] => chosenSets({ tags: text }).tags;
  expect(tags("common")).toEqual(["cron", "kolla-toolbox"]);
  expect(tags("kolla_toolbox")).toEqual(["kolla-toolbox"]);
  expect(tags("memcache")).toEqual(["memcached"]);
  expect(tags("nova-cell")).toEqual(["nova"]);
  expect(tags("haproxy,keepalived")).toEqual(["loadbalancer", "loadbalancer"]);
});

test("a tag of a service that is not here is refused, since a run without any tag acts on everything", () => {
  expect(() => chosenSets({ tags: "horizon" })).toThrow("nothing of it here");
  expect(() => chosenSets({ tags: "logs" })).toThrow("nothing of it here");
});

test("what is not here need not be left out", () => {
  expect(chosenSets({ skipTags: "horizon,cinder,nova" })).toEqual({ tags: [], skip: ["nova"] });
});
