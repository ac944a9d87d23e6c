import { expect, test } from "vitest";
import type { Aftermath, Change } from "#model";
import { formatAftermath } from "./aftermath.ts";

const AS_IT_WAS: Aftermath = { moved: [], returned: [] };
const container = (name: string, how: string): Change => ({ kind: "container", name, how });
const file = (name: string, how: string): Change => ({ kind: "file", name: `/etc/kolla/${name}`, how });

test("what moved comes before hosts that are as before, which share a line", () => {
  const left = {
    compute01: AS_IT_WAS,
    control01: {
      moved: [container("glance_api", "replaced"), { kind: "job", name: "keystone:expand", how: "done" }],
      returned: [container("keystone (generation 7)", "back"), file("nova-api/nova.conf", "withdrawn")],
    } satisfies Aftermath,
    compute02: AS_IT_WAS,
  };
  expect(formatAftermath(left)).toEqual([
    "  control01",
    "    moved: 1 container replaced: glance_api; 1 job done: keystone:expand",
    "    again as before: 1 container back: keystone (generation 7); 1 file withdrawn: nova-api/nova.conf",
    "  compute01, compute02",
    "    as before the run",
  ]);
});

test("many of a kind are counted, and so are many hosts", () => {
  const files = Array.from({ length: 18 }, (_, n) => file(`nova-api/${n}.conf`, "withdrawn"));
  const hosts = Array.from({ length: 1000 }, (_, n) => [
    `compute${n}`,
    { moved: [container(`nova_compute${n}`, "replaced")], returned: files },
  ]);
  const lines = formatAftermath(Object.fromEntries(hosts));
  expect(lines.length).toBeLessThan(30);
  expect(lines[2]).toMatch(/18 files withdrawn: nova-api\/0\.conf, .* and 14 more$/);
  expect(lines.at(-1)).toBe("  and 992 more hosts; --json tells of each");
});

test("of a host that did not answer nothing is claimed", () => {
  const lines = formatAftermath({ compute01: { ...AS_IT_WAS, unknown: "out of reach" } });
  expect(lines).toEqual(["  compute01", "    not known: out of reach"]);
});
