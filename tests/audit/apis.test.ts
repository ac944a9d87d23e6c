import { expect, test } from "vitest";
import type { ContainerItem, FileItem, Item } from "#model";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../golden/sites.ts";

const { desired, problems } = compile(services, allInOne(), {});
const items: readonly Item[] = desired.hosts.flatMap((host) => host.items);

/** What is looked for in a service's files → the service that answers there. */
const TRACES: Readonly<Record<string, RegExp>> = {
  mariadb: /mysql\+pymysql:\/\//,
  rabbitmq: /rabbit:\/\//,
  memcached: /^memcached?_servers = /m,
  keystone: /^auth_url = /m,
};

const filesOf = (service: string): readonly FileItem[] =>
  items.flatMap((item) => (item.kind === "file" && item.set[0] === service ? [item] : []));

test("a service needs what its files say that it speaks to: database, brokers, cache, Keystone", () => {
  expect(problems).toEqual([]);
  const said = services.flatMap(({ name, needs }) =>
    Object.entries(TRACES)
      .filter(
        ([needed, trace]) => needed !== name && filesOf(name).some(({ content }) => trace.test(content)),
      )
      .map(([needed]) => ({ name, needed, isNeeded: needs.includes(needed) })),
  );
  expect(said.length).toBeGreaterThan(15);
  expect(said.filter(({ isNeeded }) => !isNeeded)).toEqual([]);
});

const containers = items.filter((item): item is ContainerItem => item.kind === "container");

/** Port and path with which the load balancer asks the members of an API; undefined: it asks for a connection alone. */
function asked({ content }: FileItem): string | undefined {
  const path = content.match(/option httpchk GET (\S+)/)?.[1] ?? content.match(/meth GET uri (\S+)/)?.[1];
  const port = content.match(/^ *server \S+ [\d.]+:(\d+)/m)?.[1];
  return path !== undefined && port !== undefined ? `${port}${path}` : undefined;
}

/** Ports and paths with which `kolla check` asks: by default the ports are the members' own. */
const probed = desired.hosts.flatMap(({ probes }) =>
  probes.flatMap(({ probe }) => (probe.kind === "http" ? [probe.url.replace(/^[^/]*\/\/[^:]+:/, "")] : [])),
);

test("an API's container is asked for its health at the port and the path that the load balancer or a probe asks", () => {
  const balancer = items.flatMap((item) =>
    item.kind === "file" && item.id.includes("/haproxy/services.d/") ? [asked(item)] : [],
  );
  // The load balancer itself is asked by nobody else.
  const apis = containers.filter(({ spec }) => spec.name !== "haproxy");
  const overHttp = apis.flatMap(({ spec }) => {
    const test = spec.health?.test.join(" ").replace("$KOLLA_PORT", spec.environment.KOLLA_PORT ?? "");
    return test?.match(/healthcheck_curl "?http:\/\/[^:]+:([^\s"]+)/)?.[1] ?? [];
  });
  expect(overHttp.length).toBeGreaterThan(6);
  expect(overHttp.filter((each) => !balancer.includes(each) && !probed.includes(each))).toEqual([]);
});
