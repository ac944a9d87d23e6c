import { Gauge, Registry } from "prom-client";
import type { StatusNode } from "../app/index.ts";

/**
 * The tree of sets as Prometheus metrics in text form, for a collector of text files. Sets are named by their path,
 * "nova/nova-api"; the whole is "site". Durations are in seconds.
 */
export async function metricsText(tree: StatusNode): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const ofContainer = ["host", "container", "set"];
  const metrics = {
    set: gauge("kolla_set_well", "1 when all of a container set runs, is healthy, and its probes agree.", [
      "set",
    ]),
    probe: gauge("kolla_probe_ok", "1 when the service itself says that it works.", ["set"]),
    state: gauge("kolla_container_state", "1 for the state that a container is in.", [
      ...ofContainer,
      "state",
    ]),
    generation: gauge("kolla_container_generation", "How many containers had its place, itself included.", [
      ...ofContainer,
      "release",
    ]),
    age: gauge("kolla_container_age_seconds", "How long it has run.", ofContainer),
  };
  addNode(metrics, tree, []);
  return registry.metrics();
}

type Metrics = Record<"set" | "probe" | "state" | "generation" | "age", Gauge>;

function addNode(metrics: Metrics, node: StatusNode, path: readonly string[]): void {
  const set = path.join("/") || node.name;
  metrics.set.set({ set }, Number(node.well));
  if (node.probes.length > 0) metrics.probe.set({ set }, Number(node.probes.every(({ ok }) => ok)));
  for (const { host, name, state, generation, release = "", ageSeconds } of node.containers) {
    const labels = { host, container: name, set };
    metrics.state.set({ ...labels, state }, 1);
    if (generation !== undefined) metrics.generation.set({ ...labels, release }, generation);
    if (ageSeconds !== undefined) metrics.age.set(labels, ageSeconds);
  }
  for (const inner of node.sets) addNode(metrics, inner, [...path, inner.name]);
}
