import { type AnyService, siteByRule, siteMoot, siteRefuses } from "#model";
import { ownersOf } from "./other-services.ts";
import { definedNames, isDefined, kollaAnsible } from "./release-names.ts";
import type { TableEntry } from "./rule-options.ts";

type Table = ReadonlyMap<string, TableEntry>;

/** What a name of Kolla-Ansible's means here, and whose it is: a service's, or (undefined) the site's. */
export type Verdict = { owner: string | undefined } & (
  | { kind: "honoured" }
  /** We lack it and the cloud would be another one without it; or it changes nothing that a cloud of ours has. */
  | { kind: "refused" | "moot"; reason: string }
  /** Kolla-Ansible computes it from others; nobody is to set it. */
  | { kind: "internal" }
  /** Of a service that is not here. */
  | { kind: "other"; isSwitch: boolean }
  /** Defined by Kolla-Ansible, of the site or of a service that is here, and nobody has said yet what becomes of it. */
  | { kind: "unjudged" }
  /** Kolla-Ansible had it until that major version. */
  | { kind: "gone"; until: number }
  | { kind: "secret" }
);

/** Variables that Kolla-Ansible makes for itself out of others. */
const INTERNAL = [
  /_services$/,
  /_ks_(services|users|roles|user_roles)$/,
  /_rolling_upgrade_services$/,
  // What it hands to those of its roles that do something for all services.
  /^service_(ks_register|rabbitmq|uwsgi_config)_/,
  /^service_(check_enabled_container_names|image_info_delegate_host)$/,
  // Folders and constants of single roles of it, and what it needs to change from one engine to another.
  /^(backend|external|internal|libvirt|root)_dir$/,
  /^((ansible|docker|docker_py)_version_(min|max)|kolla_base_distro_version_default_map)$/,
  /^((current|target)_engine|engine_data|package_action|(docker|podman)_paths)$/,
  /^(container_engine|((docker|podman|container_engine)_volumes_path)|docker_common_options)$/,
  /^(acme_client_lego|modules|sysctl_path)$/,
  /^(project_name|kolla_role_name|openstack_\w*auth(_\w+)?|openstack_previous_release_name)$/,
];

/** Tells what names of Kolla-Ansible's mean with the services that have the options of `table`. */
export class Judge {
  readonly #table: Table;
  readonly #judged: ReadonlyMap<string, Judged>;

  constructor(table: Table) {
    this.#table = table;
    this.#judged = judgedBy([...new Set([...table.values()].flatMap(({ service }) => service ?? []))]);
  }

  /** Undefined for a name that Kolla-Ansible has in no release and that begins with no service's. */
  verdict(name: string): Verdict | undefined {
    const entry = this.#table.get(name);
    if (entry) return { kind: "honoured", owner: entry.service?.name };
    const owners = ownersOf(this.#table);
    const owner = owners.of(name);
    const here = { owner: owner?.here === false ? undefined : owner?.service?.name };
    const own = this.#judged.get(name);
    if (own) return { ...own, ...here };
    if (owner?.here === false)
      return { kind: "other", owner: owner.service, isSwitch: owners.switches.has(name) };
    if (owner || isDefined(name)) return byRule(name, here) ?? withoutOwner(name);
    return withoutOwner(name);
  }

  /** All names that mean something, to find the one that was meant. */
  get names(): string[] {
    return [...new Set([...this.#table.keys(), ...this.#judged.keys(), ...definedNames()])];
  }
}

function byRule(name: string, here: { owner: string | undefined }): Verdict | undefined {
  const rule = siteByRule.find(({ names }) => names.test(name));
  if (rule) return { kind: rule.kind, reason: rule.reason, ...here };
  if (!isDefined(name)) return undefined;
  return { kind: INTERNAL.some((pattern) => pattern.test(name)) ? "internal" : "unjudged", ...here };
}

function withoutOwner(name: string): Verdict | undefined {
  if (kollaAnsible.passwords.includes(name)) return { kind: "secret", owner: undefined };
  const until = kollaAnsible.gone[name];
  return until === undefined ? undefined : { kind: "gone", until, owner: undefined };
}

type Judged = { kind: "refused" | "moot"; reason: string };

/** What the site and its services say of variables that they do not honour. */
function judgedBy(services: readonly AnyService[]): Map<string, Judged> {
  const all = [
    { refuses: siteRefuses, moot: siteMoot },
    ...services.map(({ refuses = {}, moot = {} }) => ({ refuses, moot })),
  ];
  const judged = (kind: Judged["kind"], reasons: Readonly<Record<string, string>>): [string, Judged][] =>
    Object.entries(reasons).map(([name, reason]) => [name, { kind, reason }]);
  return new Map(
    all.flatMap(({ refuses, moot }) => [...judged("moot", moot), ...judged("refused", refuses)]),
  );
}
