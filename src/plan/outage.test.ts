import { describe, expect, test } from "vitest";
import { type ContainerItem, type Desired, LABEL, type MeasuredSwap, type PlacedSwap } from "#model";
import { deploy, deployed, type Hosts } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { container, file, site } from "./site.fixture.ts";

/** Containers by name, with what their replacement means, on each of these hosts; their files hold this text. */
function shops(swaps: Record<string, PlacedSwap | undefined>, text: string, hosts = ["control01"]): Desired {
  const items = Object.entries(swaps).flatMap(([name, swap]) => {
    const conf = file(name, `${name}.conf`, text);
    const item: ContainerItem = { ...container(name, [conf]), ...(swap && { swap }) };
    return [conf, item];
  });
  return site(Object.fromEntries(hosts.map((host) => [host, items])));
}

/** What the hosts measured before. */
function having(hosts: Hosts, swaps: Record<string, MeasuredSwap>): Hosts {
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => [name, { ...host, journal: { ...host.journal, swaps } }]),
  );
}

/** The plan's last lines, after the count of its steps, when all that there is changes. */
function told(
  swaps: Record<string, PlacedSwap | undefined>,
  {
    hosts = ["control01"],
    measured = {},
  }: { hosts?: string[]; measured?: Record<string, MeasuredSwap> } = {},
): string[] {
  const before = having(deployed(shops(swaps, "a = 1\n", hosts)), measured);
  const lines = formatPlan(makePlan(shops(swaps, "a = 2\n", hosts), before, deploy))
    .trimEnd()
    .split("\n");
  return lines.slice(lines.findIndex((line) => /^\d+ steps on/.test(line)) + 1);
}

const at = "2026-11-27T10:20:30.000Z";

describe("a plan tells what users notice of replacements by a stop and a start", () => {
  test("by the definition's estimate, and by what was measured at the last one on that host", () => {
    const swaps: Record<string, PlacedSwap> = {
      mariadb: { effect: "requests-wait", seconds: 12 },
      rabbitmq: { effect: "requests-wait", seconds: 9 },
    };
    expect(told(swaps, { measured: { mariadb: { seconds: 5.3, at } } })).toEqual([
      "Requests wait, those under way may fail: mariadb (control01) about 6 s, as measured on 2026-11-27; rabbitmq (control01) about 9 s (estimate).",
    ]);
  });

  test("workers of a host in a row, with the time of the longest; the data plane before all else", () => {
    const waits: PlacedSwap = { effect: "work-waits", seconds: 10 };
    const swaps: Record<string, PlacedSwap> = {
      scheduler: waits,
      conductor: waits,
      vswitchd: { effect: "traffic-stops", seconds: 2, lingers: 3 },
      libvirt: { effect: "acts-fail", seconds: 4 },
      dhcp: { effect: "servers-wait", seconds: 4 },
      proxy: { effect: "requests-fail", seconds: 1 },
    };
    const measured = { scheduler: { seconds: 4, at }, vswitchd: { seconds: 1.2, at } };
    expect(told(swaps, { measured })).toEqual([
      "Outage expected: proxy (control01) about 1 s (estimate).",
      "Servers' traffic stops: vswitchd (control01) about 5 s, as measured on 2026-11-27.",
      "Servers run on, what is asked of them may fail: libvirt (control01) about 4 s (estimate).",
      "Servers that start wait for addresses and metadata: dhcp (control01) about 4 s (estimate).",
      "Work waits, none is lost: scheduler, conductor (control01) about 10 s (estimate).",
    ]);
  });

  test("nothing of what nobody notices, and a gap of what says nothing", () => {
    const nothing: PlacedSwap = { effect: "nothing", seconds: 5 };
    expect(told({ cron: nothing })).toEqual(["No outage expected."]);
    expect(told({ cron: nothing, shop: undefined, till: undefined })).toEqual([
      "Outage expected: shop, till (control01) while replaced.",
    ]);
    expect(told({ shop: undefined, till: undefined }, { measured: { shop: { seconds: 3, at } } })).toEqual([
      "Outage expected: shop (control01) about 3 s, as measured on 2026-11-27; till (control01) while replaced.",
    ]);
  });

  test("on several hosts others serve, but not where a container serves its own host", () => {
    const hosts = ["c1", "c2", "c3"];
    const swaps: Record<string, PlacedSwap> = {
      broker: { effect: "requests-wait", seconds: 9 },
      scheduler: { effect: "work-waits", seconds: 9 },
      compute: { effect: "work-waits", seconds: 9, serves: "host" },
      vswitchd: { effect: "traffic-stops", seconds: 2, serves: "host" },
      cron: { effect: "nothing", seconds: 5 },
    };
    expect(told(swaps, { hosts })).toEqual([
      "Servers' traffic stops: vswitchd (c1, c2, c3) about 2 s (estimate).",
      "Work waits, none is lost: compute (c1, c2, c3) about 9 s (estimate).",
      "Replaced host by host, while the others serve: broker, scheduler (c1, c2, c3).",
    ]);
  });

  test("of many hosts the longest", () => {
    const hosts = Array.from({ length: 40 }, (_, n) => `c${String(n + 1).padStart(2, "0")}`);
    const swaps: Record<string, PlacedSwap> = {
      vswitchd: { effect: "traffic-stops", seconds: 2, serves: "host" },
    };
    const before = deployed(shops(swaps, "a = 1\n", hosts));
    const slow = having({ c07: before.c07 as Hosts[string] }, { vswitchd: { seconds: 7.5, at } });
    const plan = makePlan(shops(swaps, "a = 2\n", hosts), { ...before, ...slow }, deploy);
    expect(formatPlan(plan)).toContain(
      "\nServers' traffic stops: vswitchd (c[01-40]) about 8 s, as measured on 2026-11-27.\n",
    );
  });

  test("of one that takes over from the one that serves what it says of that, and nothing of one that says nothing", () => {
    const handover = { signal: "SIGTERM", seconds: 10 };
    const labels = { [LABEL.release]: "2025.1", [LABEL.handover]: JSON.stringify(handover) };
    const swap: PlacedSwap = { effect: "traffic-stops", seconds: 4, takeover: 1 };
    const both = (text: string): Desired => {
      const conf = file("conf", "conf", text);
      const taking = (name: string, own: PlacedSwap): ContainerItem => ({
        ...container(name, [conf], [], { labels }),
        handover,
        swap: own,
      });
      const { takeover: _, ...silent } = swap;
      return site({ control01: [conf, taking("vswitchd", swap), taking("proxy", silent)] });
    };
    const before = having(deployed(both("a = 1\n")), { vswitchd: { seconds: 3, at } });
    const lines = formatPlan(makePlan(both("a = 2\n"), before, deploy))
      .trimEnd()
      .split("\n");
    expect(lines.slice(-2)).toEqual([
      "Replaced beside what serves, which goes when it is proved: vswitchd, proxy (control01).",
      "Servers' traffic stops: vswitchd (control01) about 1 s (estimate).",
    ]);
  });

  test("a step says it for machines", () => {
    const swaps: Record<string, PlacedSwap> = { till: { effect: "work-waits", seconds: 10 } };
    const before = deployed(shops(swaps, "a = 1\n"));
    const step = makePlan(shops(swaps, "a = 2\n"), before, deploy).steps.find(
      ({ kind }) => kind === "container",
    );
    expect(step).toMatchObject({ outage: { effect: "work-waits", seconds: 10 } });
  });
});
