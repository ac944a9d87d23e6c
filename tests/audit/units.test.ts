import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { siteOptions } from "#model";
import { projects } from "../../docker/index.generated.ts";
import { services } from "../../services/index.generated.ts";
import { generatedFiles } from "../../src/cli/generate/files.ts";
import { compile } from "../../src/compile/index.ts";
import { createBody } from "../../src/engine/spec.ts";
import { allInOne, host, site } from "../golden/sites.ts";

const root = resolve(import.meta.dirname, "../..");
const imagesOf = (project: string): string[] =>
  readdirSync(join(root, "docker", project), { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && existsSync(join(root, "docker", project, entry.name, "Dockerfile.j2")),
    )
    .map((entry) => entry.name);
const foldersBelow = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
const allImages = projects.flatMap((project) => imagesOf(project.name));

/** Kolla's table of accounts, a public contract: volumes on operators' hosts are owned by these numbers. */
const UIDS: ReadonlyMap<string, number> = new Map(
  `
  kolla=42400 ansible=42401 aodh=42402 barbican=42403 bifrost=42404 ceilometer=42405 cinder=42407
  cloudkitty=42408 collectd=42409 congress=42410 designate=42411 elasticsearch=42412 etcd=42413
  freezer=42414 glance=42415 gnocchi=42416 grafana=42417 heat=42418 horizon=42420 influxdb=42421
  ironic=42422 kafka=42423 keystone=42425 kibana=42426 qemu=42427 magnum=42428 manila=42429 mistral=42430
  monasca=42431 mongodb=42432 murano=42433 mysql=42434 neutron=42435 nova=42436 octavia=42437 rabbitmq=42439
  rally=42440 sahara=42441 senlin=42443 solum=42444 swift=42445 tacker=42446 td-agent=42447 telegraf=42448
  trove=42449 vmtp=42450 watcher=42451 zookeeper=42453 haproxy=42454 memcached=42457 vitrage=42459
  redis=42460 ironic-inspector=42461 odl=42462 zun=42463 dragonflow=42464 qdrouterd=42465 ec2api=42466
  sensu=42467 skydive=42468 kuryr=42469 blazar=42471 prometheus=42472 libvirt=42473 fluentd=42474
  almanach=42475 openvswitch=42476 hugetlbfs=42477 logstash=42478 storm=42479 tempest=42480 nfast=42481
  placement=42482 cyborg=42483 masakari=42485 hacluster=42486 proxysql=42487 letsencrypt=42488 venus=42489
  opensearch=42490 skyline=42491 opensearch-dashboards=42492 hsmusers=42493 valkey=42494
  `
    .trim()
    .split(/\s+/)
    .map((entry) => entry.split("="))
    .map(([name = "", id]) => [name, Number(id)]),
);

test("every folder of images is a project with an image, and the reverse", () => {
  for (const project of projects) expect(imagesOf(project.name), project.name).not.toEqual([]);
  expect(projects.map(({ name }) => name).sort()).toEqual(foldersBelow("docker").sort());
});

test("an account has the number that Kolla's contract gives it, and no two share one", () => {
  const users = projects.flatMap((project) => (project.user ? [project.user] : []));
  for (const user of users) expect(user.id, user.name).toBe(UIDS.get(user.name));
  expect(new Set(users.map((user) => user.id)).size).toBe(new Set(users.map((user) => user.name)).size);
});

test("every container's image is one that we build", () => {
  for (const service of services)
    for (const [name, container] of Object.entries(service.containers))
      expect(allImages, `${service.name}: ${name}`).toContain(
        (container as { image?: string }).image ?? name,
      );
});

test("every option has words of documentation", () => {
  const tables = [{ name: "site", options: siteOptions }, ...services];
  for (const { name, options } of tables)
    for (const [option, { doc }] of Object.entries(options as Record<string, { doc: string }>))
      expect(doc, `${name}: ${option}`).toMatch(/\w.*\.$/s);
});

test("no two owners declare the same option", () => {
  const seen = new Map<string, string>();
  for (const { name, options } of [{ name: "site", options: siteOptions }, ...services])
    for (const option of Object.keys(options)) {
      expect(seen.get(option), `${option} of ${name}`).toBeUndefined();
      seen.set(option, name);
    }
});

test("an option whose name sounds secret is a secret", () => {
  const open = services.flatMap((service) =>
    Object.entries(service.options as Record<string, { type: string }>)
      .filter(
        ([name, option]) => /(_password|_secret|_secret_key|_cookie)$/.test(name) && option.type !== "secret",
      )
      .map(([name]) => name),
  );
  expect(open).toEqual([]);
});

test("a service needs only services that there are", () => {
  const names = services.map((service) => service.name);
  for (const service of services)
    for (const need of service.needs) expect(names, service.name).toContain(need);
});

/** Every container and job of an all-in-one and of three controllers, as the engine would be asked for it. */
const threeControllers = site(
  ["one", "two", "three"].map((name, n) =>
    host(name, `10.0.0.1${n}`, {
      kolla_internal_vip_address: "10.0.0.250",
      network_interface: "eth0",
      neutron_external_interface: "eth1",
    }),
  ),
);
const bodies = [allInOne(), threeControllers]
  .flatMap((site) => compile(services, site, {}).desired.hosts)
  .flatMap(({ items }) => items)
  .flatMap((item) => (item.kind === "container" || item.kind === "job" ? [item.spec] : []))
  .map((spec) => ({ name: spec.name, host: createBody(spec, "json-file").HostConfig as HostConfig }));

interface HostConfig {
  Privileged?: boolean;
  CapDrop: readonly string[];
  CapAdd: readonly string[];
}

test("no container is privileged: all capabilities are dropped, and those added are named one by one", () => {
  expect(bodies.length).toBeGreaterThan(50);
  const wrong = bodies.filter(
    ({ host }) =>
      host.Privileged === true ||
      host.CapDrop.join() !== "ALL" ||
      host.CapAdd.some((name) => name === "ALL" || name === "SYS_RESOURCE" || name.startsWith("CAP_")),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("what is generated is committed as generated", () => {
  const stale = Object.entries(generatedFiles(root)).filter(
    ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text,
  );
  expect(stale.map(([path]) => path)).toEqual([]);
});
