import { expect, test } from "vitest";
import type { ContainerItem, Desired, ObservedContainer, ObservedHost } from "#model";
import { buildStatusTree, formatStatusTree, unwellIn } from "./status-tree.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");

function item(name: string, set: string[]): ContainerItem {
  return {
    kind: "container",
    id: `container:${name}`,
    set,
    needs: [],
    spec: { name } as ContainerItem["spec"],
    specHash: "",
    files: {},
    gateSeconds: 60,
  };
}

function container(name: string, over: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: name,
    name,
    image: "",
    imageId: "",
    state: "running",
    health: "healthy",
    restarts: 0,
    startedAt: "2026-11-23T11:00:00Z",
    labels: { kolla_generation: "3", kolla_release: "2025.1" },
    ...over,
  };
}

const desired = {
  release: "2025.1",
  hosts: [
    {
      host: "control01",
      items: [
        item("nova_api", ["nova", "nova-api-operation"]),
        item("nova_compute", ["nova", "nova-compute-operation"]),
        item("keystone", ["keystone"]),
      ],
    },
  ],
} as unknown as Desired;

const observed = (...containers: ObservedContainer[]): Record<string, ObservedHost> => ({
  control01: { containers } as unknown as ObservedHost,
});

test("the tree shows state, generation, release and age, and what each service says", () => {
  const all = observed(container("nova_api"), container("nova_compute"), container("keystone"));
  const tree = buildStatusTree(
    desired,
    all,
    [{ set: ["keystone"], ok: true, words: "gave a token" }],
    [],
    NOW,
  );
  expect(formatStatusTree(tree)).toMatchInlineSnapshot(`
    "SET                         STATE    GENERATION  RELEASE  AGE         SAYS
    site                        well
      keystone                  well                                      gave a token
        keystone                healthy  3           2025.1   1 h 00 min  control01
      nova                      well
        nova-api-operation      well
          nova_api              healthy  3           2025.1   1 h 00 min  control01
        nova-compute-operation  well
          nova_compute          healthy  3           2025.1   1 h 00 min  control01"
  `);
});

test("a set with a container that is away or a probe that fails is not well, and so is all above it", () => {
  const some = observed(container("nova_api", { health: "unhealthy" }), container("keystone"));
  const tree = buildStatusTree(
    desired,
    some,
    [{ set: ["keystone"], ok: false, words: "no token: 500" }],
    [],
    NOW,
  );
  expect(tree.well).toBe(false);
  expect(unwellIn(tree)).toEqual([
    { host: "", what: "keystone", words: "no token: 500" },
    { host: "control01", what: "nova_api", words: "is unhealthy" },
    { host: "control01", what: "nova_compute", words: "is absent" },
  ]);
});

test("naming a set shows it with all below it and nothing else", () => {
  const tree = buildStatusTree(desired, observed(), [], ["nova-compute-operation"], NOW);
  expect(tree.sets.map((set) => set.name)).toEqual(["nova"]);
  expect(tree.sets[0]?.sets.map((set) => set.name)).toEqual(["nova-compute-operation"]);
});
