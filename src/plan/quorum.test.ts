import { expect, test } from "vitest";
import type { ObservedContainer } from "#model";
import { formatError, type KollaError } from "#support";
import { deploy, deployed } from "./deployed.fixture.ts";
import { makePlan } from "./make.ts";
import { bareHost, container, site } from "./site.fixture.ts";

const HOSTS = ["h1", "h2", "h3"];

const db = (image: string) => ({ ...container("db", [], [], { image }), rollout: "quorum" as const });
const sites = (image: string, own: Record<string, string> = {}) =>
  site(Object.fromEntries(HOSTS.map((name) => [name, [db(own[name] ?? image)]])));

/** The site after a deploy, with one member of the quorum as it was found. */
function foundWith(host: string, found: Partial<ObservedContainer>) {
  const there = deployed(sites("db:1"));
  const own = there[host] ?? bareHost(host);
  return { ...there, [host]: { ...own, containers: own.containers.map((each) => ({ ...each, ...found })) } };
}

const order = (...[desired, found]: [ReturnType<typeof sites>, ReturnType<typeof foundWith>]) =>
  makePlan(desired, found, deploy).steps.flatMap((step) =>
    step.kind === "container" ? [`${step.host} ${step.verb}`] : [],
  );

test("a member that does not serve is brought up, or replaced, before one that serves is taken away", () => {
  expect(order(sites("db:2", { h3: "db:1" }), foundWith("h3", { state: "exited" }))).toEqual([
    "h3 start",
    "h1 replace",
    "h2 replace",
  ]);
  expect(order(sites("db:2"), foundWith("h3", { health: "unhealthy" }))).toEqual([
    "h3 replace",
    "h1 replace",
    "h2 replace",
  ]);
});

test("a plan that would take the majority away is refused, with what to look at first", () => {
  const refused = () => order(sites("db:2", { h3: "db:1" }), foundWith("h3", { health: "unhealthy" }));
  expect(refused).toThrow("to change it on h1 would take its majority away");
  try {
    refused();
  } catch (error) {
    expect(formatError(error as KollaError)).toBe(
      "h1: db serves on 2 of 3 hosts, and not on h3: to change it on h1 would take its majority away (KOLLA_QUORUM)\n  Bring it back first: kolla logs db --limit h3 says why it does not serve. Or leave it alone: --skip-tags.",
    );
  }
});

test("a quorum that has no majority any more may be changed: that may be what mends it", () => {
  const there = foundWith("h3", { health: "unhealthy" });
  const both = { ...there, h2: foundWith("h2", { health: "unhealthy" }).h2 ?? bareHost("h2") };
  expect(order(sites("db:1", { h1: "db:2" }), both)).toEqual(["h1 replace"]);
});
