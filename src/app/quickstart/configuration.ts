import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KollaError } from "#support";
import { CLOUD_FILES } from "../cloud-files.ts";
import { fillPasswordsFile } from "../passwords-file.ts";
import { hasOpenvswitchModule, hasTrustworthyKvm } from "./machine.ts";
import type { QuickstartNetwork } from "./network.ts";
import { serverKeyPath } from "./server-on-cloud.ts";
import { readRecord, writeRecord } from "./undo.ts";
import { type Writing, writeUnlessEdited } from "./written-files.ts";

interface MachineAbilities {
  openvswitchModule: boolean;
  kvm: boolean;
}

/** globals.yml of the all-in-one: at most five variables, everything else is the default. */
function globalsFor(network: QuickstartNetwork, able: MachineAbilities): string {
  return [
    "---",
    "# Written by kolla quickstart for this machine. All other options keep their defaults: see etc/kolla/globals.yml.",
    `network_interface: "${network.management.interface}"`,
    `kolla_internal_vip_address: "${network.management.vip}"`,
    `neutron_external_interface: "${network.external.interface}"`,
    ...(able.kvm ? [] : ["# Nested or absent KVM cannot be relied on.", "nova_compute_virt_type: qemu"]),
    ...(able.openvswitchModule ? [] : ["# This kernel has no openvswitch module.", "ovs_datapath: netdev"]),
    "",
  ].join("\n");
}

/**
 * Writes the inventory, a copy of the example, and globals.yml where they are not there yet, and anew where nobody
 * edited them.
 * Throws when the machine has a globals.yml that quickstart did not write: such a site is the operator's.
 */
export function writeConfiguration(
  configDirectory: string,
  globals: string,
  exampleInventory: string,
): Writing {
  const path = join(configDirectory, "globals.yml");
  const recorded = readRecord(configDirectory)?.files ?? [];
  if (existsSync(path) && !recorded.includes(path))
    throw new KollaError({
      code: "KOLLA_QUICKSTART_CONFIGURED",
      message: `${path} is there and quickstart did not write it.`,
      hint: "Use kolla deploy for a site of your own, or name another --configdir.",
    });
  const inventory = join(configDirectory, "ansible/inventory/all-in-one");
  mkdirSync(dirname(inventory), { recursive: true });
  const files = { [inventory]: readFileSync(exampleInventory, "utf8"), [path]: globals };
  return writeUnlessEdited(configDirectory, files, 0o640);
}

/**
 * Writes what a site of this machine alone is made from, inventory, globals.yml and passwords.yml, into the operator's
 * directory, where the operator has not edited it; `root` is the project's. Throws what `writeConfiguration` throws.
 */
export async function configureMachine(
  root: string,
  configDirectory: string,
  network: QuickstartNetwork,
): Promise<Writing> {
  const able = { openvswitchModule: await hasOpenvswitchModule(), kvm: hasTrustworthyKvm() };
  const { written, kept } = writeConfiguration(
    configDirectory,
    globalsFor(network, able),
    join(root, "ansible/inventory/all-in-one"),
  );
  const passwords = join(configDirectory, "passwords.yml");
  if (fillPasswordsFile(passwords).length > 0) written.push(passwords);
  rememberFiles(configDirectory, written, network);
  return { written, kept };
}

/** Whatever quickstart writes is in its record before anything else happens, so that destroy finds it. */
function rememberFiles(directory: string, written: readonly string[], network: QuickstartNetwork): void {
  const files = new Set([
    ...(readRecord(directory)?.files ?? []),
    ...written,
    ...CLOUD_FILES.map((name) => join(directory, name)),
  ]);
  files.add(serverKeyPath(directory));
  files.add(`${serverKeyPath(directory)}.pub`);
  writeRecord(directory, {
    ...readRecord(directory),
    files: [...files],
    interfaces: [network.management.interface, network.external.interface],
  });
}
