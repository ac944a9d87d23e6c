import { expect, test } from "vitest";
import type { ContainerItem, Desired, ObservedContainer, ObservedHost } from "#model";
import { buildStatusTree, probesByHost, unwellIn } from "../app/index.ts";
import { formatStatusTree } from "./status-text.ts";

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

test("of a host that cannot be looked at nothing is known, and another asks its probes over the network", () => {
  const probe = { set: ["keystone"], probe: { kind: "tcp", host: "vip", port: 5000 } } as const;
  const inside = {
    set: ["keystone"],
    probe: { kind: "exec", container: "keystone", command: ["true"] },
  } as const;
  const hosts = [
    { ...desired.hosts[0], probes: [probe, inside] },
    { ...desired.hosts[0], host: "control02", probes: [] },
  ];
  const two = { ...desired, hosts } as unknown as Desired;
  const all = [container("nova_api"), container("nova_compute"), container("keystone")];
  const tree = buildStatusTree(
    two,
    { control02: { containers: all } as unknown as ObservedHost },
    [],
    [],
    NOW,
  );
  expect(tree.well).toBe(false);
  expect(tree.sets[0]?.containers.map(({ host, state }) => [host, state])).toEqual([
    ["control01", "unknown"],
    ["control02", "healthy"],
  ]);
  expect(unwellIn(tree)).toEqual([]);
  expect(probesByHost(two, ["control02"])).toEqual({ control02: { probes: [probe] } });
  expect(probesByHost(two, ["control01", "control02"])).toEqual({ control01: { probes: [probe, inside] } });
  expect(probesByHost(two, [])).toEqual({});
});

test("naming a set shows it with all below it and nothing else", () => {
  const tree = buildStatusTree(desired, observed(), [], ["nova-compute-operation"], NOW);
  expect(tree.sets.map((set) => set.name)).toEqual(["nova"]);
  expect(tree.sets[0]?.sets.map((set) => set.name)).toEqual(["nova-compute-operation"]);
});
