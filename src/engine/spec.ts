import type { ContainerSpec, HealthCheck, Mount, ResourceLimits } from "#model";

const NANOSECONDS = 1_000_000_000;

/** What a container may keep of its output before the engine drops the oldest of it. */
const LOG_LIMITS = { "max-size": "50m", "max-file": "5" };

/** A container that has nothing beyond its image: no mounts, no capabilities, and no restart. `changes` add to it. */
export function bareSpec(name: string, image: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image,
    environment: {},
    mounts: [],
    capabilities: [],
    devices: [],
    deviceCgroupRules: [],
    securityOptions: ["no-new-privileges"],
    readOnlyRoot: false,
    tmpfs: [],
    ulimits: {},
    restartPolicy: "no",
    stopTimeout: 1,
    labels: {},
    ...changes,
  };
}

/**
 * The body of POST /containers/create. The network is the host's, all capabilities are dropped before those of the
 * spec are added. `loggingDriver` is the engine's own: only a driver that keeps files takes limits.
 */
export function createBody(spec: ContainerSpec, loggingDriver: string): Record<string, unknown> {
  return {
    Image: spec.image,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    StopTimeout: spec.stopTimeout,
    ...(spec.command && { Cmd: spec.command }),
    ...(spec.user !== undefined && { User: spec.user }),
    ...(spec.health && { Healthcheck: healthBody(spec.health) }),
    HostConfig: hostBody(spec, loggingDriver),
  };
}

function hostBody(spec: ContainerSpec, loggingDriver: string): Record<string, unknown> {
  return {
    NetworkMode: "host",
    CapDrop: ["ALL"],
    CapAdd: spec.capabilities,
    Binds: spec.mounts.map(bind),
    Devices: spec.devices.map(device),
    DeviceCgroupRules: spec.deviceCgroupRules,
    ReadonlyRootfs: spec.readOnlyRoot,
    Tmpfs: Object.fromEntries(spec.tmpfs.map(tmpfs)),
    Ulimits: Object.entries(spec.ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard })),
    ...limitsBody(spec.limits),
    RestartPolicy: { Name: spec.restartPolicy },
    ...securityBody(spec.securityOptions),
    ...logBody(loggingDriver),
    ...(spec.pidMode && { PidMode: spec.pidMode }),
    ...(spec.ipcMode && { IpcMode: spec.ipcMode }),
    ...(spec.cgroupnsMode && { CgroupnsMode: spec.cgroupnsMode }),
  };
}

function limitsBody(limits: ResourceLimits = {}): Record<string, unknown> {
  const { memory, memoryReservation, memorySwap } = limits;
  return {
    ...(memory !== undefined && { Memory: memory }),
    ...(memoryReservation !== undefined && { MemoryReservation: memoryReservation }),
    ...(memorySwap !== undefined && { MemorySwap: memorySwap }),
    ...(limits.cpuShares !== undefined && { CpuShares: limits.cpuShares }),
    ...(limits.cpuPeriod !== undefined && { CpuPeriod: limits.cpuPeriod }),
    ...(limits.cpuQuota !== undefined && { CpuQuota: limits.cpuQuota }),
    ...(limits.cpusetCpus !== undefined && { CpusetCpus: limits.cpusetCpus }),
    ...(limits.cpusetMems !== undefined && { CpusetMems: limits.cpusetMems }),
    ...(limits.blkioWeight !== undefined && { BlkioWeight: limits.blkioWeight }),
  };
}

/** `systempaths=unconfined` is a word of the command line only: the API takes the lists of paths it stands for. */
function securityBody(options: readonly string[]): Record<string, unknown> {
  const isPaths = (option: string): boolean => /^systempaths[=:]unconfined$/.test(option);
  const rest = options.filter((option) => !isPaths(option));
  const unconfined = rest.length < options.length && { MaskedPaths: [], ReadonlyPaths: [] };
  return { SecurityOpt: rest, ...unconfined };
}

function logBody(driver: string): Record<string, unknown> {
  if (driver !== "json-file" && driver !== "local") return {};
  return { LogConfig: { Type: driver, Config: LOG_LIMITS } };
}

function healthBody(health: HealthCheck): Record<string, unknown> {
  return {
    Test: health.test,
    Interval: health.interval * NANOSECONDS,
    Timeout: health.timeout * NANOSECONDS,
    StartPeriod: health.startPeriod * NANOSECONDS,
    Retries: health.retries,
  };
}

/** A directory of the host that is missing is made by the engine, as operators of Kolla are used to. */
function bind(mount: Mount): string {
  const options = [mount.readOnly ? "ro" : "rw", mount.propagation].filter(Boolean);
  return `${mount.source}:${mount.target}:${options.join(",")}`;
}

function device(text: string): Record<string, string> {
  const [host = "", inside = host, permissions = "rwm"] = text.split(":");
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions };
}

function tmpfs(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
