import { rmSync } from "node:fs";
import { KollaError, throwProblems } from "#support";
import { services } from "../../services/index.generated.ts";
import { type AnsibleSettings, isCarrierEvent, runPlaybook } from "../ansible/index.ts";
import { teardownsOf } from "../compile/index.ts";
import type { Tell } from "./events.ts";
import { forgetHosts } from "./former-hosts.ts";
import { forgetCopies } from "./kept-copy.ts";
import { undoQuickstart } from "./quickstart/undo.ts";
import { withSiteLock } from "./site-lock.ts";

/** Installs and starts the container engine on the hosts. Throws KOLLA_HOST_FAILED. */
export async function bootstrapHosts(settings: AnsibleSettings, tell: Tell): Promise<void> {
  await play(settings, "bootstrap-servers", { variables: {} }, tell);
}

/** What is taken away beside containers, volumes and files. */
export interface Destruction {
  includeImages: boolean;
  /** Also when servers still run. */
  serversToo: boolean;
  /** A run that the operator says is dead. */
  takeOver: string | undefined;
}

/** What is gone: of which hosts, and in words what was undone of quickstart on this machine. */
export interface Destroyed {
  hosts: string[];
  undone: string[];
}

/**
 * Takes away all that Kolla made on the hosts, what is remembered of them, and, unless a limit leaves a part of the
 * site, what quickstart made on this machine. Throws KOLLA_RUN_LOCKED where another run on this machine has the site,
 * and KOLLA_HOST_FAILED.
 */
export function destroySite(
  settings: AnsibleSettings,
  destruction: Destruction,
  tell: Tell,
): Promise<Destroyed> {
  return withSiteLock(settings.configDirectory, "destroy", () => destroyLocked(settings, destruction, tell));
}

async function destroyLocked(
  settings: AnsibleSettings,
  { includeImages, serversToo, takeOver }: Destruction,
  tell: Tell,
): Promise<Destroyed> {
  const variables = { kolla_include_images: includeImages };
  const input = { teardowns: teardownsOf(services), serversToo, ...(takeOver && { takeOver }) };
  const hosts = await play(settings, "destroy", { variables, input }, tell);
  const { limit, factsDirectory, recordsDirectory, configDirectory } = settings;
  if (factsDirectory && limit) forgetHosts(factsDirectory, hosts);
  else if (factsDirectory) rmSync(factsDirectory, { recursive: true, force: true });
  if (recordsDirectory) forgetCopies(recordsDirectory, limit ? hosts : undefined);
  return { hosts, undone: limit ? [] : undoQuickstart(configDirectory) };
}

/**
 * Runs one of our playbooks to its end. Returns the hosts that it ran on.
 * Throws KOLLA_HOST_FAILED with what each host said when one did not make it.
 */
async function play(
  settings: AnsibleSettings,
  name: string,
  given: Parameters<typeof runPlaybook>[2],
  tell: Tell,
): Promise<string[]> {
  const hosts = new Set<string>();
  const { failures } = await runPlaybook(settings, name, given, (event) => {
    if (isCarrierEvent(event) && event.event === "ok") hosts.add(event.host);
    tell({ event: "progress", of: event });
  });
  throwProblems(
    "KOLLA_HOST_FAILED",
    Object.entries(failures).map(
      ([host, reasons]) =>
        new KollaError({
          code: "KOLLA_HOST_FAILED",
          message: `${name}: ${[...new Set(reasons)].join("; ")}`,
          where: { host },
        }),
    ),
  );
  return [...hosts].sort();
}
