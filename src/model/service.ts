import type { HealthCheck, Mount, Probe, Resource } from "./desired.ts";
import type { Handover } from "./handover.ts";
import type { ExecPart, JobPart } from "./jobs.ts";
import type { ObservedHost } from "./observed.ts";
import type { Options, Values } from "./option.ts";
import type { Rollout } from "./rollout.ts";
import type { Secret } from "./secret.ts";
import type { SiteOptions } from "./site-options.ts";
import type { Swap } from "./swap.ts";
import type { Teardown } from "./teardown.ts";
import type { Balancer, Trial } from "./turns.ts";
import type { ServiceVerb } from "./verb.ts";

/** One host as a service sees it. */
export interface HostView {
  readonly name: string;
  /** Name that the kernel has: what agents call themselves in Nova and Neutron. */
  readonly nodename: string;
  readonly cpus: number;
  /** First address of the host's api_interface. */
  readonly apiAddress: string;
  /** First address of an interface of the host. Throws KOLLA_INTERFACE_ADDRESS when it has none. */
  address(interfaceName: string): string;
  in(group: string): boolean;
  /** Place in the group, from 0; -1 when the host is not in it. */
  indexIn(group: string): number;
  /** The Linux distribution's family etc. are not here on purpose: services are the same on all hosts. */
}

/** An HTTP or TCP service behind the load balancer. From it come catalogue, frontends, prechecks and probes. */
export interface Api {
  /** Frontend's name, as Kolla-Ansible calls it: "glance_api". */
  name: string;
  /** Inventory group whose hosts serve it: those of them that run the container of this group. */
  group: string;
  mode: "http" | "tcp";
  /** Port on the internal VIP, on the external VIP (undefined: not offered there), and on each host. */
  port: number;
  publicPort?: number;
  listenPort: number;
  /** Port on each host on which a next generation proves itself while the one before serves: they take turns on the two. */
  sparePort?: number;
  /** HTTP path that answers 200 when the member works. TCP: a connection suffices. */
  check?: string;
  checkStatus?: number;
  /** HTTP path that answers 200 while a generation wants requests, else 404. Absent: `check`, when a load balancer asks. */
  ready?: string;
  /** How long what runs may take to end when its generation goes, in seconds; then it is cut. Default TURN_SECONDS.drained. */
  drainSeconds?: number;
  /** False: no probe follows by rule, because the service's own asks better (this API wants an account). */
  probed?: boolean;
  /** Only one member serves, the others wait (Galera). */
  activePassive?: boolean;
  /** Lines added to the load balancer's sections ("timeout server 6h"). */
  frontendExtra?: readonly string[];
  backendExtra?: readonly string[];
  /** The entry in Keystone's catalogue, when it has one, with its addresses inside and (undefined: none) outside. */
  catalogue?: { service: string; type: string; description: string; internal: string; public?: string };
}

export interface DatabaseNeed {
  schema: string;
  user: string;
  password: Secret;
}

export interface ServiceUser {
  name: string;
  password: Secret;
  /** In the project `service`, or in its domain. */
  roles: readonly string[];
  /** Name of a domain that services keep for accounts of their making: it is of this one. Absent: of the services' own. */
  domain?: string;
}

/** What a service has among the cloud's accounts and addresses: all of it that it declares. */
export interface IdentityNeed {
  catalogue: readonly NonNullable<Api["catalogue"]>[];
  users: readonly ServiceUser[];
  roles: readonly string[];
  administratorRoles: readonly string[];
}

/** What a service gives to others, the same on every host. */
export interface Declarations {
  apis?: readonly Api[];
  databases?: readonly DatabaseNeed[];
  users?: readonly ServiceUser[];
  /** Roles to create. */
  roles?: readonly string[];
  /** Roles to create that the cloud's administrator holds in its project. */
  administratorRoles?: readonly string[];
  /** Directories below /var/log/kolla that want rotation. */
  logs?: readonly string[];
}

/** A service's own declarations with its name, as contributors see them. */
export interface NamedApi extends Api {
  serviceName: string;
}

export interface SiteView {
  hosts(group: string): readonly HostView[];
  enabled(service: string): boolean;
  /** URL of an API in the catalogue by its type, without a trailing slash: url("identity", "internal"). */
  url(type: string, reach: "internal" | "public"): string;
  /** Hosts that serve an API: where its container runs. */
  members(api: NamedApi): readonly HostView[];
  /** APIs and TCP frontends of all enabled services. */
  readonly apis: readonly NamedApi[];
  readonly logs: readonly string[];
  /** A value of another service's option; throws when no service has that option. */
  value(option: string): unknown;
  /** Whether the operator has one of these files below <configdir>/config. */
  hasOverride(...paths: readonly string[]): boolean;
  /** Names of the operator's files in a directory of <configdir>/config, without hidden ones and what lies deeper. */
  overridesIn(directory: string): readonly string[];
}

/** What every service knows, whatever options it has itself. */
export interface SiteContext {
  /** Of OpenStack, which the service is to be of on this host: "2026.1". */
  release: string;
  opt: Values<SiteOptions>;
  host: HostView;
  site: SiteView;
}

export interface ServiceContext<O extends Options> extends SiteContext {
  opt: Values<O> & Values<SiteOptions>;
}

/** What `define` is asked of: what is configured, or a phase on the way there. */
export interface DefineContext<O extends Options> extends ServiceContext<O> {
  /** One of the service's `passes`; undefined: what is configured. */
  phase: string | undefined;
}

/** The phase that each service is in that is in one: its name → one of its `passes`. */
export type Phase = Readonly<Record<string, string>>;

/** A value in an INI file; a list becomes a repeated key, undefined leaves the key out. */
export type IniValue = string | number | boolean | Secret | readonly (string | number)[] | undefined;
export type Ini = Readonly<Record<string, Readonly<Record<string, IniValue>>>>;

/** INI data that the operator's files are merged into, the first of them first. */
export interface MergedContent {
  ini: Ini;
  overrides: readonly string[];
}

/**
 * The first of the operator's files that exists, rendered as a template, or as it is when it is no text or `asIs`.
 * When there is none: `otherwise`, and without that no file.
 */
export interface OperatorContent {
  first: readonly string[];
  otherwise?: string;
  asIs?: boolean;
}

/** A file below /etc/kolla/<container>/ on the host, copied into the container by kolla_set_configs. */
export interface FilePart {
  /** Name below the container's directory. */
  name: string;
  /** Where it goes in the container. */
  dest: string;
  content: string | MergedContent | OperatorContent;
  /** Account in the container; default is the container's own. */
  owner?: string;
  /** Octal, default "0600". */
  perm?: string;
  /** Default true: its text is not shown. */
  sensitive?: boolean;
}

export interface Privileges {
  /** Capability → why it is needed. */
  capabilities?: Readonly<Record<string, string>>;
  devices?: Readonly<Record<string, string>>;
  deviceCgroupRules?: Readonly<Record<string, string>>;
  /** "host" namespaces → why. */
  namespaces?: Readonly<Partial<Record<"pid" | "ipc" | "cgroup", string>>>;
  /** "seccomp=unconfined", "systempaths=unconfined", "apparmor=unconfined" → why. */
  security?: Readonly<Record<string, string>>;
}

/** What a container of a service is on one host. `C`: the containers of the service that it may come after. */
export interface ContainerPart<C extends string = never> {
  /** Main process, one line, words split at blanks as kolla_start does. */
  command: string;
  /** Account in the container that owns its configuration ("keystone"). */
  account: string;
  files?: readonly FilePart[];
  permissions?: readonly { path: string; owner: string; perm?: string; recurse?: boolean }[];
  /** Beside configuration, localtime and logs, which all have. */
  mounts?: readonly Mount[];
  environment?: Readonly<Record<string, string>>;
  /**
   * Name of an API with a spare port that it serves: its generations take turns. It listens on the port in
   * KOLLA_PORT, and tells load balancers by the API's check, or its path `ready`, whether it wants requests.
   */
  turns?: string;
  /** What a next generation is asked before it gets its turn. */
  trial?: Trial;
  /**
   * At its start it takes over what the generation that serves holds of the host, where there is one (its listening
   * sockets), and serves beside it until that one lets go in this way; or it gets ready, and takes over once that one has
   * ended. Its health check must be its own, not one that the other can answer.
   */
  handover?: Handover;
  /**
   * What it means when it is stopped before the next one starts, and why it cannot run twice; of one whose generations
   * take turns: where no load balancer leads to both.
   */
  swap: Swap & { why: string };
  /** How the container is asked for its health. */
  health: { test: string } & Partial<Omit<HealthCheck, "test">>;
  privileges?: Privileges;
  /** Start as this user instead of the image's. */
  user?: string;
  ulimits?: Readonly<Record<string, { soft: number; hard: number }>>;
  tmpfs?: readonly string[];
  readOnlyRoot?: boolean;
  stopTimeout?: number;
  gateSeconds?: number;
  /**
   * The command, run as root once changed files are in their places, by which the main process takes them up without
   * an end. It must fail where the process would refuse them. Absent: a new container takes the place of this one.
   */
  reload?: readonly string[];
  /** Other containers of this service (definition names) whose gates come first, on this host or all. */
  after?: readonly C[];
}

export interface Parts<C extends string> {
  /** By name of the service's `containers`; one that is absent does not run on this host. */
  containers: Readonly<Partial<Record<C, ContainerPart<C>>>>;
  jobs?: readonly JobPart<C>[];
  execs?: readonly ExecPart<C>[];
  sysctl?: Readonly<Record<string, string>>;
  sharedMounts?: readonly string[];
}

/** Facts about a container that are the same on every site. */
export interface ContainerDeclaration {
  /** Inventory group whose hosts run it. */
  group: string;
  /** Further groups whose hosts may run it; `define` says which do. */
  alsoIn?: readonly string[];
  /** Subset of the service's set. */
  set: string;
  /** Name of the image when it is not the name of the definition. */
  image?: string;
  /** Name of the container when it is not the definition's with underscores. */
  container?: string;
  /** Jinja2 expression text; absent: whenever the service is enabled. */
  enabled?: string;
  /** Jinja2 expression text: where it holds, only the first host of the group runs it. Absent: all do. */
  alone?: string;
  /** While it runs, the site's addresses (kolla_internal_vip_address) are on its host, or may come there at any time. */
  holdsVip?: true;
  /** "host": nothing on another host waits for it, so a run can do without that host. Absent: the whole site does. */
  serves?: "host";
  /** How it is changed on several hosts; absent: the usual way. */
  rollout?: Rollout;
  /** What it leaves on its host beside files and volumes, and how that goes. Absent: nothing. */
  teardown?: Teardown;
}

/**
 * What a site has once and others count on without knowing who gives it: "database" keeps the schemata that services
 * declare, "identity" their catalogue entries and accounts, and "balancer" carries the requests to both. What such a
 * need takes is a resource that its provider writes, for the host that sees to it; pure. A database is provided for
 * also where the service is not deployed: it may be the operator's own.
 */
export type Provision =
  | { what: "database"; resource(need: DatabaseNeed, context: SiteContext): Resource }
  | { what: "identity"; resource(need: IdentityNeed, context: SiteContext): Resource }
  /** Those that carry an API's requests to both ports of a host, and how each is asked for it; none where none does. */
  | { what: "balancer"; carriers(api: NamedApi, host: HostView, site: SiteView): readonly Balancer[] };

/** A sentence, what to type, and the option that is to blame. */
export interface Refusal {
  message: string;
  hint: string;
  option?: string;
}

/** What was seen of a host; of the kernel's modules only those that a service says it asks for. */
export type FactsWith<M extends string> = Omit<ObservedHost["facts"], "kernelModules"> & {
  readonly kernelModules: Readonly<Record<M, boolean>>;
};

/** `C`: its containers. `M`: the kernel's modules that its checks ask for. */
export interface ServiceSpec<O extends Options, C extends string, M extends string = never> {
  summary: string;
  /** Default of enable_<service>: a value or Jinja2 text; undefined: always on and no such option. */
  enabled?: boolean | string;
  /** Its images hold OpenStack, so that they have an install type; one option of the site says which. */
  hasInstallType?: boolean;
  /** Inventory groups this service brings: group → groups that are its members. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** Groups that inventories of older releases lack → the group whose hosts stand in for them there. */
  standIns?: Readonly<Record<string, string>>;
  /** What others count on this service for; one service at most for each. */
  provides?: Provision;
  /** Services that must be ready before any job or container of this one. Those not enabled are ignored. */
  needs: readonly string[];
  containers: Readonly<Record<C, ContainerDeclaration>>;
  options: O;
  /**
   * Kolla-Ansible's variables that this service lacks and without which the cloud would be another one, each with what
   * is lacking. Kolla-Ansible's own default passes, any other value is refused.
   */
  refuses?: Readonly<Record<string, string>>;
  /** Kolla-Ansible's variables that a cloud of ours needs nothing of, each with why: setting one is a warning. */
  moot?: Readonly<Record<string, string>>;
  /**
   * Override files of Kolla-Ansible's that are not read here and without which the cloud would be another one, each
   * with why: having one is refused. `*` stands for any part of a name; a directory of a host's name is left out.
   */
  refusesFiles?: Readonly<Record<string, string>>;
  /** Override files of Kolla-Ansible's that a cloud of ours needs nothing of, written in the same way: a warning. */
  mootFiles?: Readonly<Record<string, string>>;
  declare?(opt: Values<NoInfer<O>> & Values<SiteOptions>): Declarations;
  /**
   * Phases that it passes, in order, on its way from one release to another ("pinned"): in each, `define` may give its
   * containers and jobs another form. The next begins once all of the service, on every host, is of the new release.
   */
  passes?: readonly string[];
  define(context: DefineContext<O>): Parts<NoInfer<C>>;
  /** Verbs of its own, by name. */
  verbs?: Readonly<Record<string, ServiceVerb>>;
  /** By subset name, or the service's own name for the whole. */
  probes?(context: ServiceContext<O>): Readonly<Record<string, Probe>>;
  /** What of the operator's values this service cannot work with on a host, whatever the host has: it is not looked at for this. */
  judge?(context: ServiceContext<O>): readonly Refusal[];
  /** The kernel's modules that `checks` asks a host for ("kvm": its device). */
  kernelModules?: readonly M[];
  /** What a host lacks that only this service knows to look for. */
  checks?(context: ServiceContext<O>, facts: FactsWith<NoInfer<M>>): readonly Refusal[];
}

export interface Service<O extends Options = Options, C extends string = string, M extends string = string>
  extends ServiceSpec<O, C, M> {
  name: string;
}

/** Declares a service: a set that is deployed, started, stopped, watched and rolled back as one. */
export function service<const O extends Options, C extends string, M extends string = never>(
  name: string,
  spec: ServiceSpec<O, C, M>,
): Service<O, C, M> {
  return { name, ...spec };
}

/** Any service, when its own option and container names do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: functions over option tables are contravariant; the registry holds all of them
export type AnyService = Service<any, any, any>;
