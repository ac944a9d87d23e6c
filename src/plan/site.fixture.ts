import {
  type ContainerItem,
  type ContainerSpec,
  type Desired,
  type FileItem,
  type HostDesired,
  type Item,
  LABEL,
  type ObservedHost,
} from "#model";
import { fingerprint, sha256 } from "#support";

/** Small sites and hosts for tests of plans. */

function spec(name: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image: `kolla/${name}:1`,
    environment: {},
    mounts: [{ source: `/etc/kolla/${name}/`, target: "/var/lib/kolla/config_files/", readOnly: true }],
    capabilities: [],
    devices: [],
    deviceCgroupRules: [],
    securityOptions: [],
    readOnlyRoot: false,
    tmpfs: [],
    ulimits: {},
    restartPolicy: "unless-stopped",
    stopTimeout: 10,
    labels: { [LABEL.release]: "2025.1" },
    ...changes,
  };
}

/** A configuration file of a service. */
export function file(service: string, name: string, content: string): FileItem {
  const path = `/etc/kolla/${service}/${name}`;
  const rights = { mode: "0660", owner: "root", group: "root", sensitive: false };
  return { kind: "file", id: `file:${path}`, set: [service], needs: [], path, content, ...rights };
}

/** A container of a service, bound to its files. */
export function container(
  service: string,
  files: readonly FileItem[] = [],
  needs: readonly string[] = [],
  changes: Partial<ContainerSpec> = {},
): ContainerItem {
  const wanted = spec(changes.name ?? service, changes);
  return {
    kind: "container",
    id: `container:${wanted.name}`,
    set: [service, `${service}-api`],
    needs,
    spec: wanted,
    specHash: fingerprint(wanted),
    files: Object.fromEntries(files.map(({ path, content }) => [path, sha256(content)])),
    gateSeconds: 60,
  };
}

/** A job of a service. */
export function job(service: string, name: string, needs: readonly string[] = [], key = "{image}"): Item {
  return {
    kind: "job",
    id: `job:${service}:${name}`,
    set: [service],
    needs,
    spec: { ...spec(service), name: `${service}_${name}` },
    key,
    timeoutSeconds: 60,
    dueBecause: "image changed",
  };
}

/** What a host should have: these items. */
export function host(name: string, items: readonly Item[]): HostDesired {
  return {
    host: name,
    agentImage: "kolla/kolla-agent:1",
    items,
    images: [],
    probes: [],
    ownedDirectories: [...new Set(items.map((item) => `/etc/kolla/${item.set[0]}`))],
    generationsKept: 3,
  };
}

/** What a site should have: items by host. */
export function site(hosts: Readonly<Record<string, readonly Item[]>>): Desired {
  return { hosts: Object.entries(hosts).map(([name, items]) => host(name, items)) };
}

/** The same site with its containers of another release. */
export function ofRelease(release: string, { hosts }: Desired): Desired {
  const released = (item: Item): Item =>
    item.kind === "container"
      ? { ...item, spec: { ...item.spec, labels: { ...item.spec.labels, [LABEL.release]: release } } }
      : item;
  return { hosts: hosts.map((each) => ({ ...each, items: each.items.map(released) })) };
}

/** A service as most are: two files, a job, a container. */
export function ordinaryService(name: string, needs: readonly string[] = [], on = "control01"): Item[] {
  const files = [file(name, `${name}.conf`, "[DEFAULT]\n"), file(name, "policy.yaml", "{}\n")];
  return [
    ...files,
    job(name, "bootstrap", needs),
    container(name, files, [`${on}|job:${name}:bootstrap`, ...needs]),
  ];
}

/** A host with an engine and nothing of ours, that has these images: reference → id. */
export function bareHost(name: string, images: Readonly<Record<string, string>> = {}): ObservedHost {
  return {
    host: name,
    engine: { name: "docker", version: "20.10", cgroupVersion: 1 },
    facts: {
      nodename: name,
      nofileHard: 20000,
      cpus: 2,
      memoryBytes: 0,
      diskFreeBytes: 0,
      kernelModules: {},
      interfaces: {},
      listening: {},
    },
    containers: [],
    images,
    volumes: [],
    files: {},
    journal: { jobs: {}, resources: {}, generations: {} },
  };
}
