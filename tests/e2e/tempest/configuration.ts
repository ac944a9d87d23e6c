import { iniFromValues, printIni } from "../../../src/config/ini.ts";
import type { CloudFacts } from "./cloud.ts";

/** An administrator's entry of clouds.yaml. */
export interface CloudEntry {
  auth: {
    auth_url: string;
    username: string;
    password: string;
    project_name: string;
    project_domain_name: string;
  };
  region_name: string;
}

/** Seconds that a server may take until it is ACTIVE, or lets in by SSH: emulated, beside others, on two cores. */
const SERVER_SECONDS = 600;

/**
 * The text of tempest.conf; locks and log are in a directory of the run's. Tests of services and of Neutron's
 * extensions that the cloud does not have, Tempest skips.
 */
export function tempestConfiguration(entry: CloudEntry, cloud: CloudFacts, directory: string): string {
  return printIni(
    iniFromValues({
      DEFAULT: { log_file: `${directory}/tempest.log` },
      oslo_concurrency: { lock_path: `${directory}/locks` },
      auth: {
        admin_username: entry.auth.username,
        admin_password: entry.auth.password,
        admin_project_name: entry.auth.project_name,
        admin_domain_name: entry.auth.project_domain_name,
        use_dynamic_credentials: true,
      },
      identity: { uri_v3: `${entry.auth.auth_url}/v3`, region: entry.region_name },
      service_available: {
        cinder: cloud.serviceTypes.some((type) => /^(block-storage|volume)/.test(type)),
        swift: cloud.serviceTypes.includes("object-store"),
      },
      compute: {
        image_ref: cloud.image,
        image_ref_alt: cloud.image,
        flavor_ref: cloud.flavors[0],
        flavor_ref_alt: cloud.flavors[1],
        build_timeout: SERVER_SECONDS,
      },
      network: {
        public_network_id: cloud.externalNetwork.id,
        floating_network_name: cloud.externalNetwork.name,
      },
      "network-feature-enabled": { api_extensions: cloud.networkExtensions.join(",") },
      validation: {
        image_ssh_user: "root",
        image_alt_ssh_user: "root",
        ssh_timeout: SERVER_SECONDS,
        ping_timeout: SERVER_SECONDS,
      },
    }),
  );
}
