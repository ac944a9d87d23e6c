import { describe, expect, test } from "vitest";
import type { HostDesired, ResolvedSite } from "#model";
import { formatError } from "#support";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../golden/sites.ts";
import { MOOT, OTHERS, READ, READ_WHEN_ON, REFUSED, type ReadFile } from "./kolla-ansible-files.ts";

const HOST = "aio";
const here = (name: string): string => name.replace("<host>", HOST);

function compiled(
  texts: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, unknown>> = {},
) {
  const overrides: ResolvedSite["overrides"] = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, { text, path: `/etc/kolla/config/${name}` }]),
  );
  const { desired, problems, warnings } = compile(services, allInOne(variables, { overrides }), {});
  return { host: desired.hosts[0], told: [...problems, ...warnings] };
}

function textOf(host: HostDesired | undefined, { container, file }: ReadFile): string | undefined {
  const found = host?.items.find((item) => item.id === `file:/etc/kolla/${container}/${file}`);
  return found?.kind === "file" ? found.content : undefined;
}

/** Each of these files says in one place which it is, and in another that it was there. */
function texts(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name, at) => [
      here(name),
      `[order]\nlast = ${name} for {{ service_name }}\nfile${at} = there\n`,
    ]),
  );
}

const label = (each: ReadFile): string => `${each.container}/${each.file}`;
const all = [...READ, ...READ_WHEN_ON];

describe("an override file that Kolla-Ansible reads", () => {
  test.each(all.filter(({ how }) => how === "merge").map((each) => [label(each), each] as const))(
    "for %s is merged in the same order, with the container for service_name",
    (_, each) => {
      each.from.forEach((_, end) => {
        const names = each.from.slice(0, end + 1);
        const { host, told } = compiled(texts(names), each.variables);
        expect(told.map(formatError)).toEqual([]);
        const text = textOf(host, each);
        expect(text).toContain(`last = ${names.at(-1)} for ${each.container}\n`);
        for (const at of names.keys()) expect(text).toContain(`file${at} = there\n`);
      });
    },
  );

  test.each(all.filter(({ how }) => how === "first").map((each) => [label(each), each] as const))(
    "for %s is the file when it is the first that exists",
    (_, each) => {
      each.from.forEach((name, start) => {
        const { host, told } = compiled(texts(each.from.slice(start)), each.variables);
        expect(told.map(formatError)).toEqual([]);
        expect(textOf(host, each)).toContain(`last = ${name} for `);
      });
    },
  );

  test.each(REFUSED)("%s is refused with the reason", (name) => {
    const { told } = compiled({ [here(name)]: "x\n" });
    expect(told.map(({ code }) => code)).toEqual(["KOLLA_OVERRIDE_UNSUPPORTED"]);
    expect(told.map(formatError).join()).toMatch(/is not supported here yet: \w.{20}/);
  });

  test.each(MOOT)("%s is told to have no effect, with the reason", (name) => {
    const { told } = compiled({ [here(name)]: "x\n" });
    expect(told.map(({ code }) => code)).toEqual(["KOLLA_WARN_OVERRIDE_UNSUPPORTED"]);
    expect(told.map(formatError).join()).toMatch(/has no effect here: \w.{10}/);
  });

  test("for a service that is not here is no matter for a word", () => {
    const found = compiled(Object.fromEntries(OTHERS.map((name) => [here(name), "x\n"])));
    expect(found.told.map(formatError)).toEqual([]);
  });

  test("is copied without a look at it where Kolla-Ansible does so", () => {
    const raw = '{"told": "{{ not_for_us }}"}\n';
    const { host, told } = compiled({ "nova/vendordata.json": raw, "nova/release": raw });
    expect(told.map(formatError)).toEqual([]);
    const read = { how: "first", from: [] } as const;
    expect(textOf(host, { ...read, container: "nova-api", file: "vendordata.json" })).toBe(raw);
    expect(textOf(host, { ...read, container: "nova-compute", file: "release" })).toBe(raw);
  });
});

describe("a slip in the name of an override file", () => {
  test.each([
    ["nova/nova.conf", "nova.conf"],
    ["nova/nova-copmute.conf", "nova/nova-compute.conf"],
    ["keystone/keystone.cnf", "keystone/keystone.conf"],
    ["neutron/ml2.conf.ini", "neutron/ml2_conf.ini"],
    ["haproxy-config/nova.cfg", "haproxy-config/nova-api.cfg"],
    ["mariadb/galera.cnf", "galera.cnf"],
    ["glance/glance.conf", "glance.conf"],
    [`haproxy/${HOST}/haproxy_man.cfg`, `haproxy/${HOST}/haproxy_main.cfg`],
    ["nova/aoi/nova.conf", "nova/aio/nova.conf"],
  ])("%s is told the nearest name that is read for the same service", (name, near) => {
    const { told } = compiled({ [name]: "[a]\nb = 1\n" });
    expect(told.map(formatError).join("\n")).toContain(`Did you mean ${near}?`);
  });
});

test("a domain's accounts are looked for where its files are", () => {
  const files = { "keystone/domains/keystone.people.conf": "[identity]\ndriver = ldap\n" };
  const read = { container: "keystone", file: "keystone.conf", how: "merge", from: [] } as const;
  const own = textOf(compiled(files).host, read);
  expect(own).toContain(
    "domain_specific_drivers_enabled = true\ndomain_config_dir = /etc/keystone/domains\n",
  );
  expect(textOf(compiled({}).host, read)).not.toContain("domain");
});
