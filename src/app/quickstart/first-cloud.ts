import { readFileSync } from "node:fs";
import type { CloudClient } from "./cloud-client.ts";

type Json = Record<string, unknown>;

/** What a new cloud gets; defaults and environment names are those of Kolla-Ansible's init-runonce. */
export interface FirstCloud {
  externalNetwork: string;
  externalCidr: string;
  externalGateway: string;
  externalPool: { start: string; end: string };
  physicalNetwork: string;
  network: string;
  subnet: string;
  cidr: string;
  gateway: string;
  nameServers: readonly string[];
  router: string;
}

/** Names and ranges of upstream's script, for those that a caller does not choose. */
export const FIRST_CLOUD_DEFAULTS: FirstCloud = {
  externalNetwork: "public1",
  externalCidr: "10.0.2.0/24",
  externalGateway: "10.0.2.1",
  externalPool: { start: "10.0.2.150", end: "10.0.2.199" },
  physicalNetwork: "physnet1",
  network: "demo-net",
  subnet: "demo-subnet",
  cidr: "10.0.0.0/24",
  gateway: "10.0.0.1",
  nameServers: ["8.8.8.8"],
  router: "demo-router",
};

/** init-runonce's variables over the defaults; EXT_NET_RANGE is "start=10.0.2.150,end=10.0.2.199". */
export function firstCloudFrom(environment: Readonly<Record<string, string | undefined>>): FirstCloud {
  const range = /start=([^,]+),end=(.+)/.exec(environment.EXT_NET_RANGE ?? "");
  const take = (name: string, fallback: string): string => environment[name] || fallback;
  return {
    ...FIRST_CLOUD_DEFAULTS,
    externalCidr: take("EXT_NET_CIDR", FIRST_CLOUD_DEFAULTS.externalCidr),
    externalGateway: take("EXT_NET_GATEWAY", FIRST_CLOUD_DEFAULTS.externalGateway),
    ...(range?.[1] && range[2] && { externalPool: { start: range[1], end: range[2] } }),
    cidr: take("DEMO_NET_CIDR", FIRST_CLOUD_DEFAULTS.cidr),
    gateway: take("DEMO_NET_GATEWAY", FIRST_CLOUD_DEFAULTS.gateway),
    nameServers: take("DEMO_NET_DNS", FIRST_CLOUD_DEFAULTS.nameServers.join(",")).split(","),
  };
}

/** Every resource is made only when none of that name is there, so that a second call changes nothing. */
export class FirstCloudMaker {
  readonly #cloud: CloudClient;
  readonly #say: (words: string) => void;

  constructor(cloud: CloudClient, say: (words: string) => void) {
    this.#cloud = cloud;
    this.#say = say;
  }

  async #ensure(
    type: string,
    path: string,
    plural: string,
    name: string,
    make: () => Promise<Json>,
  ): Promise<Json> {
    const found = await this.#cloud.named(type, path, plural, name);
    if (found) return found;
    this.#say(`${plural.replace(/_/g, " ")}: ${name}`);
    return make();
  }

  async #post(type: string, path: string, singular: string, body: Json): Promise<Json> {
    const answer = await this.#cloud.request("POST", type, path, { [singular]: body });
    return answer[singular] as Json;
  }

  /** A kernel, a ramdisk, and an image over both with an empty disk. Returns the image's id. */
  async image(name: string, kernelPath: string, ramdiskPath: string): Promise<string> {
    const kernel = await this.#upload(`${name}-kernel`, "aki", readFileSync(kernelPath), {});
    const ramdisk = await this.#upload(`${name}-ramdisk`, "ari", readFileSync(ramdiskPath), {});
    return this.#upload(name, "raw", new Uint8Array(1 << 20), {
      kernel_id: kernel,
      ramdisk_id: ramdisk,
      // The serial console last: it becomes /dev/console, whose output Nova keeps.
      os_command_line: "console=tty0 console=ttyS0",
    });
  }

  async #upload(name: string, format: string, bytes: Uint8Array, properties: Json): Promise<string> {
    const image = await this.#ensure("image", "/v2/images", "images", name, () =>
      this.#cloud.request("POST", "image", "/v2/images", {
        name,
        disk_format: format,
        container_format: format === "raw" ? "bare" : format,
        visibility: "public",
        ...properties,
      }),
    );
    if (image.status === "queued") await this.#cloud.upload("image", `/v2/images/${image.id}/file`, bytes);
    return String(image.id);
  }

  /** External network with its subnet, tenant network with its subnet, and the router between them. Returns the tenant network's id. */
  async networks(first: FirstCloud): Promise<string> {
    const external = await this.#network(first.externalNetwork, {
      "router:external": true,
      "provider:network_type": "flat",
      "provider:physical_network": first.physicalNetwork,
    });
    await this.#subnet(`${first.externalNetwork}-subnet`, external, {
      cidr: first.externalCidr,
      gateway_ip: first.externalGateway,
      enable_dhcp: false,
      allocation_pools: [first.externalPool],
    });
    const tenant = await this.#network(first.network, {});
    const subnet = await this.#subnet(first.subnet, tenant, {
      cidr: first.cidr,
      gateway_ip: first.gateway,
      dns_nameservers: first.nameServers,
    });
    await this.#ensure("network", "/v2.0/routers", "routers", first.router, async () => {
      const router = await this.#post("network", "/v2.0/routers", "router", {
        name: first.router,
        external_gateway_info: { network_id: external },
      });
      await this.#cloud.request("PUT", "network", `/v2.0/routers/${router.id}/add_router_interface`, {
        subnet_id: subnet,
      });
      return router;
    });
    return tenant;
  }

  async #network(name: string, more: Json): Promise<string> {
    const network = await this.#ensure("network", "/v2.0/networks", "networks", name, () =>
      this.#post("network", "/v2.0/networks", "network", { name, ...more }),
    );
    return String(network.id);
  }

  async #subnet(name: string, network: string, more: Json): Promise<string> {
    const subnet = await this.#ensure("network", "/v2.0/subnets", "subnets", name, () =>
      this.#post("network", "/v2.0/subnets", "subnet", { name, network_id: network, ip_version: 4, ...more }),
    );
    return String(subnet.id);
  }

  /** Lets ping, SSH and HTTP in, in the project's default security group. */
  async openPorts(): Promise<void> {
    const groups = await this.#cloud.request(
      "GET",
      "network",
      `/v2.0/security-groups?project_id=${this.#cloud.projectId}&name=default`,
    );
    const [group] = groups.security_groups as { id: string; security_group_rules: Json[] }[];
    if (!group) return;
    const wanted: Json[] = [
      { protocol: "icmp" },
      ...[22, 80, 8000, 8080].map((port) => ({
        protocol: "tcp",
        port_range_min: port,
        port_range_max: port,
      })),
    ];
    for (const rule of wanted) {
      const there = group.security_group_rules.some((each) =>
        Object.entries(rule).every(([key, value]) => each[key] === value),
      );
      if (there) continue;
      await this.#post("network", "/v2.0/security-group-rules", "security_group_rule", {
        security_group_id: group.id,
        direction: "ingress",
        ethertype: "IPv4",
        ...rule,
      });
    }
  }

  /** Flavors m1.tiny to m1.xlarge as upstream's, and a smaller one for the test image. */
  async flavors(): Promise<void> {
    const table: [string, number, number, number][] = [
      ["kolla.test", 256, 1, 1],
      ["m1.tiny", 512, 1, 1],
      ["m1.small", 2048, 20, 1],
      ["m1.medium", 4096, 40, 2],
      ["m1.large", 8192, 80, 4],
      ["m1.xlarge", 16384, 160, 8],
    ];
    for (const [name, ram, disk, vcpus] of table) {
      await this.#ensure("compute", "/flavors", "flavors", name, () =>
        this.#post("compute", "/flavors", "flavor", { name, ram, disk, vcpus }),
      );
    }
  }

  async keypair(name: string, publicKey: string): Promise<void> {
    const { keypairs } = await this.#cloud.request("GET", "compute", "/os-keypairs");
    if ((keypairs as { keypair: { name: string } }[]).some((each) => each.keypair.name === name)) return;
    this.#say(`key: ${name}`);
    await this.#post("compute", "/os-keypairs", "keypair", { name, public_key: publicKey });
  }
}
