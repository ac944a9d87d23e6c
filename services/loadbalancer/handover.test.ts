import { expect, test } from "vitest";
import { type ContainerItem, LABEL, type ResolvedSite } from "#model";
import { compile } from "../../src/compile/index.ts";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

/** What a container of the first host of a site hands over, and what its label says of that. */
function handoverOf(name: string, resolved: ResolvedSite) {
  const { desired, problems } = compile(services, resolved, {});
  expect(problems).toEqual([]);
  const found = desired.hosts[0]?.items.find(
    (item): item is ContainerItem => item.id === `container:${name}`,
  );
  return { handover: found?.handover, labelled: found?.spec.labels[LABEL.handover] !== undefined };
}

const own = (path: string): ResolvedSite => allInOne({}, { overrides: { [path]: { path, text: "own\n" } } });
const nothing = { handover: undefined, labelled: false };

test("HAProxy hands its sockets over, unless the operator's own files start or configure it", () => {
  const handover = { signal: "SIGUSR1", seconds: 120 };
  expect(handoverOf("haproxy", allInOne())).toEqual({ handover, labelled: true });
  expect(handoverOf("haproxy", own("haproxy/haproxy_run.sh"))).toEqual(nothing);
  expect(handoverOf("haproxy", own("haproxy/haproxy_main.cfg"))).toEqual(nothing);
});

test("where containers are not to be replaced beside themselves, the label still says what they could do", () => {
  const found = handoverOf("haproxy", allInOne({ kolla_replace_beside: false }));
  expect(found).toEqual({ handover: undefined, labelled: true });
});

test("keepalived lets another one have the VIP where no other host would take it", () => {
  const handover = { signal: "SIGKILL", seconds: 10 };
  expect(handoverOf("keepalived", allInOne())).toEqual({ handover, labelled: true });
  expect(handoverOf("keepalived", own("keepalived/keepalived.conf"))).toEqual(nothing);
  const three = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address, at) =>
    host(`control0${at + 1}`, address, { kolla_internal_vip_address: "10.0.0.250" }),
  );
  expect(handoverOf("keepalived", site(three))).toEqual(nothing);
});
