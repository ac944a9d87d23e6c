import type {
  AnyService,
  ContainerDeclaration,
  HostView,
  NamedApi,
  ObservedHost,
  Refusal,
  ResolvedSite,
} from "#model";
import { foldProblems, formatError, KollaError, type Where } from "#support";
import { bareAddress, interfacesOf, isUnknown } from "./facts.ts";
import { NoValue } from "./failure.ts";
import { groupMembers } from "./groups.ts";
import { asked } from "./judgements.ts";
import { nearName } from "./names.ts";
import { type ResolvedOptions, resolveOptions } from "./options.ts";
import { kollaAnsible } from "./release-names.ts";
import { containerName, containersOf } from "./rule-options.ts";
import { outlined, type SiteOutline } from "./site-outline.ts";
import { takenPorts } from "./taken-ports.ts";
import type { AnyContext, Views } from "./views.ts";

export type ObservedByHost = Readonly<Record<string, ObservedHost | undefined>>;

/**
 * What would make a run fail and can be known before it touches a host. Each problem says what to type; the code
 * begins with KOLLA_PRECHECK_, or with KOLLA_INVENTORY_ where the inventory is wrong. Hosts that were not observed are
 * judged by their facts alone.
 */
export function checkSite(
  services: readonly AnyService[],
  site: ResolvedSite,
  observed: ObservedByHost,
): KollaError[] {
  return foldProblems(new SiteChecks(outlined(services, site), observed).problems());
}

/** What a run may live with but an operator should know; the codes begin with KOLLA_WARN_. */
export function siteWarnings(
  services: readonly AnyService[],
  site: ResolvedSite,
  observed: ObservedByHost,
): KollaError[] {
  const { evaluation } = resolveOptions(services, site);
  const reached = site.hosts.filter((host) => !isUnknown(host));
  return reached.flatMap(({ name, facts }) => {
    const wanted = Number(evaluation.value("prechecks_minimum_memory_mb", name));
    const bytes = observed[name]?.facts.memoryBytes;
    const found = bytes === undefined ? facts.memoryMiB : Math.floor(bytes / 2 ** 20);
    if (found >= wanted) return [];
    return [
      new KollaError({
        code: "KOLLA_WARN_MEMORY",
        message: `${found} MiB of memory, and ${wanted} are advised`,
        where: { host: name },
        hint: "Fewer processes need less: openstack_service_workers: 1. prechecks_minimum_memory_mb sets the limit.",
      }),
    ];
  });
}

/** Images, volumes and logs of an all-in-one take a few times this; with less nothing can be pulled at all. */
const DISK_BYTES = 2 * 2 ** 30;

class SiteChecks {
  readonly #options: ResolvedOptions;
  readonly #observed: ObservedByHost;
  readonly #views: Views;
  readonly #enabled: readonly AnyService[];

  constructor({ options, enabled, views }: SiteOutline, observed: ObservedByHost) {
    this.#options = options;
    this.#observed = observed;
    this.#enabled = enabled;
    this.#views = views;
  }

  problems(): KollaError[] {
    const found = [
      ...this.#groups(),
      ...this.#vipElsewhere(),
      ...this.#options.evaluation.site.hosts.flatMap(({ name }) => this.#host(name)),
    ];
    return [...new Map(found.map((problem) => [formatError(problem), problem])).values()];
  }

  #groups(): KollaError[] {
    const { site } = this.#options.evaluation;
    const missing = new Map<string, readonly string[]>();
    for (const service of this.#enabled) {
      const brought = service.groups as Record<string, readonly string[]>;
      for (const [group, members] of Object.entries(brought))
        if (!groupMembers(site, group) && !service.standIns?.[group]) missing.set(group, members);
      for (const [, { group }] of containersOf(service)) {
        const told = missing.has(group) || brought[group];
        if (!groupMembers(site, group) && !told) missing.set(group, []);
      }
    }
    const strangers = strangeGroups(site, this.#enabled);
    const absent = [...missing].map(([group, members]) => {
      const near = nearName(group, strangers);
      return ofInventory(
        "GROUP",
        `The inventory has no group ${group}${near ? `, but one called ${near}` : ""}`,
        `${near ? "Rename that, or add" : "Add"} to it:\n\n[${group}:children]\n${members.join("\n")}`,
      );
    });
    const nowhere = this.#enabled.filter((service) => {
      const groups = containersOf(service).map(([, { group }]) => group);
      return groups.length > 0 && groups.every((group) => groupMembers(site, group)?.length === 0);
    });
    return [
      ...absent,
      ...nowhere.map((service) =>
        ofInventory(
          "NOWHERE",
          `${service.name} is enabled, but its groups in the inventory have no host`,
          `Put a host into [${containersOf(service)[0]?.[1].group}], or set enable_${service.name.replaceAll("-", "_")}: no.`,
        ),
      ),
    ];
  }

  #host(host: string): KollaError[] {
    const observed = this.#observed[host];
    const located = [...this.#interfaces(host), ...this.#addresses(host)];
    if (observed)
      located.push(...this.#room(observed), ...this.#ports(host, observed), ...this.#own(host, observed));
    return located.map((problem) => (problem.where ? problem : atHost(problem, host)));
  }

  /** Interfaces whose addresses are asked for have been judged as options; this one carries what is put onto it. */
  #interfaces(host: string): KollaError[] {
    const option = "kolla_external_vip_interface";
    const { evaluation } = this.#options;
    const found = evaluation.host(host);
    const name = this.#value(option, host);
    if (isUnknown(found) || name === undefined || !this.#mayHoldVip(host)) return [];
    const { option: cause } = evaluation.origin(option);
    if (String(name) in found.facts.interfaces || this.#value("api_interface_address", host) === undefined)
      return [];
    return [
      precheck(
        "INTERFACE",
        `${cause} is ${name}, which the host does not have`,
        `${host} has ${interfacesOf(found)}. Set ${cause} in globals.yml, or for this host in the inventory.`,
      ),
    ];
  }

  /** Facts carry prefix lengths on some systems only; without one nothing is said about networks. */
  #addresses(host: string): KollaError[] {
    const vip = this.#value("kolla_internal_vip_address", host);
    const name = String(this.#value("api_interface", host));
    if (typeof vip !== "string") return [];
    const own = this.#options.evaluation.host(host).facts.interfaces[name]?.ipv4 ?? [];
    const nets = own.filter((address) => address.includes("/"));
    if (!this.#mayHoldVip(host) || nets.length === 0 || nets.some((net) => isInside(vip, net))) return [];
    return [
      precheck(
        "VIP_NETWORK",
        `kolla_internal_vip_address ${vip} is not in the network of ${name} (${nets.join(", ")})`,
        "Choose a free address of that network, or name the right interface in api_interface.",
      ),
    ];
  }

  #mayHoldVip(host: string): boolean {
    return this.#vipHolders().some(([, declaration]) => this.#views.runsOn(host, declaration));
  }

  #vipHolders(): [string, ContainerDeclaration][] {
    return this.#enabled.flatMap(containersOf).filter(([, { holdsVip }]) => holdsVip);
  }

  /** The VIP on a host where none of our containers that hold it runs: somebody else uses the address. */
  #vipElsewhere(): KollaError[] {
    const { hosts } = this.#options.evaluation.site;
    const [first] = hosts;
    if (!first || !hosts.some(({ name }) => this.#mayHoldVip(name))) return [];
    const holders = this.#vipHolders().map(([definition, declaration]) =>
      containerName(definition, declaration),
    );
    const vip = this.#value("kolla_internal_vip_address", first.name);
    if (typeof vip !== "string") return [];
    return Object.values(this.#observed).flatMap((observed) => {
      if (!observed || holders.some((name) => runs(observed, name))) return [];
      const at = Object.entries(observed.facts.interfaces).find(([, { addresses }]) =>
        addresses.map(bareAddress).includes(vip),
      );
      if (!at) return [];
      const message = `kolla_internal_vip_address ${vip} is already on ${at[0]}, and not by our ${holders.join(" or ")}`;
      const hint = `Choose an address that is free; or take it away: ip address del ${vip}/32 dev ${at[0]}`;
      return [atHost(precheck("VIP_USED", message, hint), observed.host)];
    });
  }

  #room({ facts }: ObservedHost): KollaError[] {
    if (facts.diskFreeBytes >= DISK_BYTES) return [];
    const free = (facts.diskFreeBytes / 2 ** 30).toFixed(1);
    return [
      precheck(
        "DISK",
        `Only ${free} GiB are free where the container engine keeps images`,
        "Make room there: docker system df shows what takes it; docker image prune and docker builder prune free what no image needs.",
      ),
    ];
  }

  #ports(host: string, observed: ObservedHost): KollaError[] {
    const view = this.#views.host(host);
    const apis = this.#views.site(host).apis.filter((api) => this.#views.members(api).includes(view));
    return apis.flatMap((api) => this.#takenPort(api, view, observed));
  }

  #takenPort(api: NamedApi, view: HostView, observed: ObservedHost): KollaError[] {
    const service = this.#enabled.find(({ name }) => name === api.serviceName);
    const names = containersOf(service as AnyService)
      .filter(([, { group }]) => group === api.group)
      .map(([definition, declaration]) => containerName(definition, declaration));
    const isCarried = this.#value("enable_haproxy", view.name) === true;
    const { listenPort, sparePort } = api;
    const ports = { listenPort, ...(isCarried && sparePort !== undefined && { sparePort }) };
    return takenPorts(ports, view, observed, names).map(({ port, place, process }) =>
      precheck(
        "PORT",
        `${api.name} needs port ${port}, but ${process || "something"} listens on ${place}`,
        "Stop it, or give the service another port in globals.yml.",
      ),
    );
  }

  /** What only a service can know. */
  #own(host: string, observed: ObservedHost): KollaError[] {
    const { evaluation } = this.#options;
    const view = this.#views.host(host);
    return this.#enabled
      .filter((service) => containersOf(service).some(([, { group }]) => view.in(group)))
      .flatMap((service) => {
        const ask = (context: AnyContext): readonly Refusal[] | undefined =>
          service.checks?.(context, observed.facts);
        return asked(service, ask, host, evaluation, this.#views).map(({ message, hint, option }) => {
          const code = service.name.replaceAll("-", "_").toUpperCase();
          const where = option && evaluation.origin(option).where;
          return precheck(code, message, hint, where && { ...where, host });
        });
      });
  }

  #value(option: string, host: string): unknown {
    try {
      return this.#options.evaluation.value(option, host);
    } catch (error) {
      if (error instanceof NoValue) return undefined;
      throw error;
    }
  }
}

/** Groups of the inventory that neither a service here nor Kolla-Ansible asks for: a missing one may be among them, misspelt. */
function strangeGroups(site: ResolvedSite, services: readonly AnyService[]): string[] {
  const asked = new Set(
    services.flatMap((service) => [
      ...Object.keys(service.groups),
      ...containersOf(service).map(([, { group }]) => group),
    ]),
  );
  const isKnown = (group: string): boolean => asked.has(group) || Object.hasOwn(kollaAnsible.groups, group);
  return Object.keys(site.groups).filter((group) => !isKnown(group));
}

/** Configuration, which is wrong whatever the hosts are like. */
function ofInventory(code: string, message: string, hint: string): KollaError {
  return new KollaError({ code: `KOLLA_INVENTORY_${code}`, message, hint });
}

function precheck(code: string, message: string, hint: string, where?: Where | ""): KollaError {
  return new KollaError({ code: `KOLLA_PRECHECK_${code}`, message, hint, ...(where && { where }) });
}

function atHost({ code, message, hint }: KollaError, host: string): KollaError {
  return new KollaError({ code, message, ...(hint !== undefined && { hint }), where: { host } });
}

function runs(observed: ObservedHost, container: string): boolean {
  return observed.containers.some(({ name, state }) => name === container && state === "running");
}

/** Whether an IPv4 address lies in a network such as 10.0.0.5/24. */
export function isInside(address: string, network: string): boolean {
  const [base = "", length = "32"] = network.split("/");
  const bits = Number(length);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return (asNumber(address) & mask) >>> 0 === (asNumber(base) & mask) >>> 0;
}

function asNumber(address: string): number {
  return address.split(".").reduce((sum, part) => (sum << 8) + Number(part), 0) >>> 0;
}
