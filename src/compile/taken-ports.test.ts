import { expect, test } from "vitest";
import { LABEL, type ObservedContainer } from "#model";
import { bareHost } from "../plan/site.fixture.ts";
import { takenPorts } from "./taken-ports.ts";

const api = { listenPort: 80, sparePort: 10080 };
const there = { apiAddress: "10.0.0.5" };

/** What is taken where something listens on both ports, and containers of the service run with these labels. */
function taken(...running: readonly Partial<ObservedContainer>[]): number[] {
  const host = bareHost("one");
  const listening = { "10.0.0.5:80": "uwsgi", "10.0.0.5:10080": "other" };
  const containers = running.map((found) => ({ name: "shop", state: "running", labels: {}, ...found }));
  const observed = { containers: containers as ObservedContainer[], facts: { ...host.facts, listening } };
  return takenPorts(api, there, observed, ["shop"]).map(({ port }) => port);
}

const on = (port: number, name = "shop") => ({ name, labels: { [LABEL.port]: String(port) } });

test("what listens where none of our containers runs is in the way", () => {
  expect(taken()).toEqual([80, 10080]);
  expect(taken({ ...on(80), state: "exited" })).toEqual([80, 10080]);
});

test("a container has the port that it says it has, and the other one must be free for the next generation", () => {
  expect(taken(on(80))).toEqual([10080]);
  expect(taken(on(10080))).toEqual([80]);
  expect(taken(on(80), on(10080, "shop.g3"))).toEqual([]);
});

test("a container that does not say may have either", () => {
  expect(taken({})).toEqual([]);
});
