import type { CloudClient } from "../../../src/app/quickstart/cloud-client.ts";
import { FIRST_CLOUD_DEFAULTS } from "../../../src/app/quickstart/first-cloud.ts";

type Json = Record<string, unknown>;

/** What of a cloud Tempest's configuration says. */
export interface CloudFacts {
  /** Types of the services in the catalogue. */
  serviceTypes: readonly string[];
  /** Aliases of Neutron's extensions, as Neutron lists them. */
  networkExtensions: readonly string[];
  image: string;
  /** Two flavors that differ. */
  flavors: readonly string[];
  externalNetwork: { id: string; name: string };
}

/** Memory in MiB: enough for the test image to boot, and another size. */
const FLAVORS = { "tempest.small": 96, "tempest.other": 112 };

/** Makes small flavors on a cloud of quickstart's. Returns what Tempest's configuration says of the cloud. */
export async function prepareCloud(cloud: CloudClient): Promise<CloudFacts> {
  const flavors: string[] = [];
  for (const [name, ram] of Object.entries(FLAVORS)) flavors.push(await flavor(cloud, name, ram));
  const external = await cloud.named(
    "network",
    "/v2.0/networks",
    "networks",
    FIRST_CLOUD_DEFAULTS.externalNetwork,
  );
  const image = await cloud.named("image", "/v2/images", "images", "kolla-test");
  const { services } = await cloud.request("GET", "identity", "/v3/services");
  const { extensions } = await cloud.request("GET", "network", "/v2.0/extensions");
  return {
    serviceTypes: (services as { type: string }[]).map(({ type }) => type),
    networkExtensions: (extensions as { alias: string }[]).map(({ alias }) => alias).sort(),
    image: String(image?.id),
    flavors,
    externalNetwork: { id: String(external?.id), name: String(external?.name) },
  };
}

async function flavor(cloud: CloudClient, name: string, ram: number): Promise<string> {
  const found = await cloud.named("compute", "/flavors", "flavors", name);
  if (found) return String(found.id);
  const body = { flavor: { name, ram, disk: 1, vcpus: 1 } };
  return String(((await cloud.request("POST", "compute", "/flavors", body)).flavor as Json).id);
}
