import { expect, test } from "vitest";
import type { StatusNode } from "../app/index.ts";
import { metricsText } from "./metrics.ts";

const container = { host: "control01", release: "2025.1", generation: 3, ageSeconds: 60 };

const nova: StatusNode = {
  name: "nova",
  well: false,
  probes: [{ set: ["nova"], ok: false, words: "1 of 2 alive" }],
  containers: [],
  sets: [
    {
      name: "nova-api",
      well: true,
      probes: [],
      containers: [{ ...container, name: "nova_api", state: "healthy" }],
      sets: [],
    },
    {
      name: "nova-compute-operation",
      well: false,
      probes: [],
      containers: [
        {
          host: "control01",
          name: "nova_compute",
          state: "absent",
          generation: undefined,
          release: undefined,
          ageSeconds: undefined,
        },
      ],
      sets: [],
    },
  ],
};

test("the tree is told as metrics: sets, probes, containers with state, generation and age", async () => {
  const text = await metricsText({ name: "site", well: false, probes: [], containers: [], sets: [nova] });
  expect(text.split("\n").filter((line) => line && !line.startsWith("# HELP"))).toEqual([
    "# TYPE kolla_set_well gauge",
    'kolla_set_well{set="site"} 0',
    'kolla_set_well{set="nova"} 0',
    'kolla_set_well{set="nova/nova-api"} 1',
    'kolla_set_well{set="nova/nova-compute-operation"} 0',
    "# TYPE kolla_probe_ok gauge",
    'kolla_probe_ok{set="nova"} 0',
    "# TYPE kolla_container_state gauge",
    'kolla_container_state{host="control01",container="nova_api",set="nova/nova-api",state="healthy"} 1',
    'kolla_container_state{host="control01",container="nova_compute",set="nova/nova-compute-operation",state="absent"} 1',
    "# TYPE kolla_container_generation gauge",
    'kolla_container_generation{host="control01",container="nova_api",set="nova/nova-api",release="2025.1"} 3',
    "# TYPE kolla_container_age_seconds gauge",
    'kolla_container_age_seconds{host="control01",container="nova_api",set="nova/nova-api"} 60',
  ]);
});
