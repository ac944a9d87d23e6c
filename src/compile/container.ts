import {
  type ContainerItem,
  type ContainerSpec,
  LABEL,
  type Mount,
  type PlacedSwap,
  type Privileges,
  TURN_PORT,
  type Turns,
} from "#model";
import { fingerprint, KollaError, type Where } from "#support";
import { healthCheck } from "./health.ts";
import { limitsOf, type Ulimits } from "./limits.ts";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { setOf } from "./placed.ts";
import { firstPort, turnsOf } from "./turns.ts";

/** What kolla_start needs to put a configuration in place and hand it to the service's account. */
const START_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"];
/** Kolla-Ansible's limit of open files; a host whose hard limit is lower refuses it. */
const NOFILE = 1048576;
/** Puts a container's files in their places, as at its start. */
const SET_CONFIGS = ["kolla_set_configs"];
const CONFIG_FILES = "/var/lib/kolla/config_files/";

type Value = (option: string) => unknown;

/** A container as the engine is asked to create it: the service's part and what all containers have by rule. */
export function containerSpec(placed: PlacedContainer, compilation: Compilation): ContainerSpec {
  const { part, name, host } = placed;
  const value: Value = (option) => compilation.evaluation.value(option, host);
  const health = healthCheck(placed, compilation);
  const dimensions = `${name}_dimensions`;
  const asked = limitsOf(
    value(dimensions) as Record<string, unknown>,
    compilation.evaluation.origin(dimensions),
  );
  const port = firstPort(placed, compilation);
  const { pid, ipc, cgroup } = part.privileges?.namespaces ?? {};
  return {
    name,
    image: String(value(`${name}_image_full`)),
    environment: {
      KOLLA_CONFIG_STRATEGY: String(value("config_strategy")),
      KOLLA_SERVICE_NAME: name.replaceAll("_", "-"),
      ...(port !== undefined && { [TURN_PORT]: String(port) }),
      ...part.environment,
    },
    mounts: mounts(placed, compilation),
    capabilities: sortedNames(START_CAPABILITIES, part.privileges?.capabilities),
    devices: sortedNames([], part.privileges?.devices),
    deviceCgroupRules: sortedNames([], part.privileges?.deviceCgroupRules),
    securityOptions: securityOptions(part.privileges, startsAsRoot(placed)),
    ...(part.user !== undefined && { user: part.user }),
    ...(pid !== undefined && { pidMode: "host" }),
    ...(ipc !== undefined && { ipcMode: "host" }),
    ...(cgroup !== undefined && { cgroupnsMode: "host" }),
    readOnlyRoot: part.readOnlyRoot ?? false,
    tmpfs: part.tmpfs ?? [],
    ulimits: ulimits(asked.ulimits, placed, compilation.nofile.get(host)),
    ...(Object.keys(asked.limits).length > 0 && { limits: asked.limits }),
    restartPolicy: value("docker_restart_policy") === "no" ? "no" : "unless-stopped",
    stopTimeout: part.stopTimeout ?? Number(value("docker_graceful_timeout")),
    labels: {
      [LABEL.managed]: "true",
      [LABEL.release]: compilation.views.release(placed.service, placed.host),
      [LABEL.set]: setOf(placed.service, placed.declaration.set).join("/"),
      // No reload changes the command of a process: with this in what it is made from, another one replaces it.
      ...(part.reload && { [LABEL.command]: part.command }),
      ...(part.handover && { [LABEL.handover]: JSON.stringify(part.handover) }),
    },
    ...(health && { health }),
  };
}

/** The container as an item; `files` are those it reads, by path. */
export function containerItem(
  placed: PlacedContainer,
  spec: ContainerSpec,
  files: Readonly<Record<string, string>>,
  needs: readonly string[],
  compilation: Compilation,
): ContainerItem {
  const value: Value = (option) => compilation.evaluation.value(option, placed.host);
  const { reload, handover } = placed.part;
  const turns = turnsOf(placed, compilation);
  // With COPY_ONCE a container keeps the files that it was made with.
  const takesFiles = reload && value("config_strategy") === "COPY_ALWAYS";
  return {
    kind: "container",
    id: `container:${spec.name}`,
    set: setOf(placed.service, placed.declaration.set),
    needs,
    spec,
    specHash: fingerprint(spec),
    files,
    gateSeconds: gateSeconds(placed, compilation),
    ...(placed.declaration.rollout && { rollout: placed.declaration.rollout }),
    ...(turns && { turns }),
    ...(handover && value("kolla_replace_beside") === true && { handover }),
    swap: swapOf(placed, turns),
    ...(takesFiles && { reload: [SET_CONFIGS, reload] }),
  };
}

/** Requests wait in a load balancer; without one that leads to it they fail, whatever the container says. */
function swapOf({ part, declaration }: PlacedContainer, turns: Turns | undefined): PlacedSwap {
  const { effect, seconds, lingers, takeover } = part.swap;
  const unheld = effect === "requests-wait" && turns?.balancers.length === 0;
  return {
    effect: unheld ? "requests-fail" : effect,
    seconds,
    ...(lingers !== undefined && { lingers }),
    ...(takeover !== undefined && { takeover }),
    ...(declaration.serves && { serves: declaration.serves }),
  };
}

/** The operator's time holds for every container; else the service's own, else the site's. */
function gateSeconds({ part, host }: PlacedContainer, { evaluation }: Compilation): number {
  const option = "host_health_gate_seconds";
  if (part.gateSeconds !== undefined && !evaluation.isSet(option, host)) return part.gateSeconds;
  return Number(evaluation.value(option, host));
}

/**
 * An image that starts as its own account raises itself with sudo to put the configuration in place, which
 * no-new-privileges forbids; one that starts as root only ever goes down.
 */
function startsAsRoot({ part }: PlacedContainer): boolean {
  return (part.user ?? part.account).split(":")[0] === "root";
}

function securityOptions(privileges: Privileges | undefined, asRoot: boolean): string[] {
  return sortedNames(asRoot ? ["no-new-privileges"] : [], privileges?.security);
}

function sortedNames(
  always: readonly string[],
  reasons: Readonly<Record<string, string>> | undefined,
): string[] {
  return [...new Set([...always, ...Object.keys(reasons ?? {})])].sort();
}

function mounts({ definition, part, name, host }: PlacedContainer, { evaluation }: Compilation): Mount[] {
  const value: Value = (option) => evaluation.value(option, host);
  const directory = `${value("node_config_directory")}/${definition}/`;
  const byRule: Mount[] = [
    { source: directory, target: CONFIG_FILES, readOnly: true },
    { source: "/etc/localtime", target: "/etc/localtime", readOnly: true },
    { source: "kolla_logs", target: "/var/log/kolla/" },
  ];
  const option = `${name}_extra_volumes`;
  const extra = (value(option) as readonly unknown[]).map((text) =>
    parseVolume(String(text), evaluation.origin(option)),
  );
  return lastByTarget([...byRule, ...(part.mounts ?? []), ...extra]);
}

/** Mounts with one for each target: a later one takes the place of an earlier. */
export function lastByTarget(mounts: readonly Mount[]): Mount[] {
  const target = (mount: Mount): string => mount.target.replace(/(.)\/$/, "$1");
  return [...new Map(mounts.map((mount) => [target(mount), mount])).values()];
}

/** "source:target[:ro,shared]" as a mount; `origin` is the option that holds it. Throws KOLLA_OPTION_VALUE. */
function parseVolume(text: string, origin: { option: string; where?: Where }): Mount {
  const [source, target, flags = "", ...more] = text.split(":");
  const words = flags.split(",").filter((word) => word && word !== "rw" && word !== "z" && word !== "Z");
  const propagation = words.find((word) => /^r?(shared|slave|private)$/.test(word));
  const strange = words.filter((word) => word !== "ro" && word !== propagation);
  if (!source || !target?.startsWith("/") || more.length > 0 || strange.length > 0) {
    throw new KollaError({
      code: "KOLLA_OPTION_VALUE",
      message: `"${text}" in ${origin.option} must be source:target or source:target:mode`,
      ...(origin.where && { where: origin.where }),
      hint: "The mode is ro, rw, shared, rshared, slave, rslave, private or rprivate, several with commas.",
    });
  }
  return {
    source,
    target,
    ...(words.includes("ro") && { readOnly: true }),
    ...(propagation && { propagation: propagation as NonNullable<Mount["propagation"]> }),
  };
}

/** The service's ulimits with the operator's; no more open files than the host allows. */
function ulimits(wanted: Ulimits, { part }: PlacedContainer, hard: number | undefined): Ulimits {
  const most = Math.min(NOFILE, hard ?? NOFILE);
  const all: Ulimits = { nofile: { soft: NOFILE, hard: NOFILE }, ...part.ulimits, ...wanted };
  const { nofile } = all;
  const open = {
    soft: Math.min(Number(nofile?.soft ?? most), most),
    hard: Math.min(Number(nofile?.hard ?? most), most),
  };
  return { ...all, nofile: open };
}
