import {
  type AnyService,
  any,
  type ContainerDeclaration,
  choice,
  INSTALL_TYPE_TAG,
  INSTALL_TYPES,
  type Option,
  type Options,
  siteOptions,
} from "#model";
import { releases } from "../../releases/index.ts";

/** What a health check has, by Kolla-Ansible's names. */
export const HEALTH_PARTS: readonly string[] = ["interval", "retries", "start_period", "test", "timeout"];

/** Releases of which the distribution has packages, as a template lists them. */
const PACKAGED = Object.values(releases)
  .filter(({ installTypes }) => installTypes.includes("binary"))
  .map(({ name }) => `'${name}'`)
  .join(", ");

const template = (type: Option["type"], fallback: string, doc: string): Option => ({
  type,
  default: fallback,
  doc,
});

/** Name of a service in variables: "kolla-toolbox" → "kolla_toolbox". */
export function variableName(name: string): string {
  return name.replaceAll("-", "_");
}

/** Name that a container has on the engine. */
export function containerName(definition: string, declaration: ContainerDeclaration): string {
  return declaration.container ?? variableName(definition);
}

/**
 * The families of options that every service and every container has by rule, under Kolla-Ansible's names
 * (enable_<service>, <container>_image, <container>_extra_volumes, …).
 */
export function byRuleOptions(service: AnyService): Options {
  const options: Record<string, Option> = {};
  for (const [definition, declaration] of containersOf(service)) {
    Object.assign(options, containerOptions(service, definition, declaration));
  }
  return { ...options, ...serviceOptions(service) };
}

/** The container declarations of a service, in the order it gives them. */
export function containersOf(service: AnyService): [string, ContainerDeclaration][] {
  return Object.entries(service.containers as Record<string, ContainerDeclaration>);
}

function serviceOptions(service: AnyService): Options {
  const name = variableName(service.name);
  const reach = service.declare ? addressOptions(service, name) : {};
  const options: Record<string, Option> = {
    ...imageOptions(service, name),
    [`${name}_extra_volumes`]: template(
      "list",
      "{{ default_extra_volumes }}",
      `Mounts that every container of ${service.name} gets beside its own (source:target[:mode]).`,
    ),
    [`${name}_logging_debug`]: template(
      "flag",
      "{{ openstack_logging_debug }}",
      `Debug logging of ${service.name}.`,
    ),
    ...reach,
  };
  if (service.enabled !== undefined) {
    options[`enable_${name}`] = {
      type: "flag",
      default: service.enabled,
      doc: `${service.summary} Deployed or not.`,
    };
  }
  return options;
}

/** Name of the option that chooses the install type of a service's images. */
export function installTypeOption(service: AnyService): string {
  return `${variableName(service.name)}_install_type`;
}

/** Name of the option that says which release a service is of: the site's where its images hold no OpenStack. */
export function releaseOption(service: AnyService): string {
  return service.hasInstallType ? `${variableName(service.name)}_release` : "openstack_release";
}

function imageOptions(service: AnyService, name: string): Options {
  const doc = `Tag of the images of ${service.name}.`;
  if (!service.hasInstallType) return { [`${name}_tag`]: template("tag", "{{ openstack_tag }}", doc) };
  const [option, release] = [installTypeOption(service), releaseOption(service)];
  const end = `{{ '${INSTALL_TYPE_TAG.source}' if ${option} == 'source' else '${INSTALL_TYPE_TAG.binary}' }}`;
  return {
    [release]: choice(
      Object.keys(releases),
      "{{ openstack_release }}",
      `Release of OpenStack that ${service.name} is of. To another one than it is of on its hosts it comes by kolla upgrade.`,
    ),
    [option]: choice(
      INSTALL_TYPES,
      `{{ openstack_install_type if ${release} in [${PACKAGED}] else 'source' }}`,
      `Where ${service.name} in its images comes from: the distribution's packages, or the release's locked sources.`,
    ),
    [`${name}_tag`]: template(
      "tag",
      `{{ openstack_tag if ${release} == openstack_release else ${release} ~ '-' ~ kolla_base_distro ~ '-' ~ kolla_base_distro_version ~ openstack_tag_suffix }}${end}`,
      doc,
    ),
  };
}

function addressOptions(service: AnyService, name: string): Options {
  return {
    [`${name}_internal_fqdn`]: template(
      "hostname",
      "{{ kolla_internal_fqdn }}",
      `Name under which others find ${service.name} inside.`,
    ),
    [`${name}_external_fqdn`]: template(
      "hostname",
      "{{ kolla_external_fqdn }}",
      `Name under which others find ${service.name} from outside.`,
    ),
  };
}

function containerOptions(
  service: AnyService,
  definition: string,
  declaration: ContainerDeclaration,
): Options {
  const c = containerName(definition, declaration);
  const s = variableName(service.name);
  const image = declaration.image ?? definition;
  const timing = (key: string, what: string): Options => ({
    [`${c}_healthcheck_${key}`]: template(
      key === "retries" ? "count" : "seconds",
      `{{ default_container_healthcheck_${key} }}`,
      `${what} of ${c}.`,
    ),
  });
  return {
    [`${c}_image`]: template(
      "image-name",
      `{{ docker_image_url }}${image}`,
      `Image of ${c}, without its tag.`,
    ),
    [`${c}_tag`]: template("tag", `{{ ${s}_tag }}`, `Tag of the image of ${c}.`),
    [`${c}_image_full`]: template("image", `{{ ${c}_image }}:{{ ${c}_tag }}`, `Image of ${c}, with its tag.`),
    [`${c}_dimensions`]: template("map", "{{ default_container_dimensions }}", `Resource limits of ${c}.`),
    [`${c}_extra_volumes`]: template(
      "list",
      `{{ ${s}_extra_volumes }}`,
      `Mounts that ${c} gets beside its own.`,
    ),
    [`${c}_enable_healthchecks`]: template(
      "flag",
      "{{ enable_container_healthchecks }}",
      `Let the engine check the health of ${c}.`,
    ),
    [`${c}_healthcheck_test`]: any(
      null,
      `Command that asks ${c} for its health, as ["CMD-SHELL", "…"]; empty: the service's own.`,
    ),
    [`${c}_healthcheck`]: template(
      "map",
      `{{ {${HEALTH_PARTS.map((part) => `'${part}': ${c}_healthcheck_${part}`).join(", ")}} }}`,
      `The health check of ${c} as a whole (${HEALTH_PARTS.join(", ")}); what it lacks follows from the options of single parts, and an empty one takes the check away.`,
    ),
    ...timing("interval", "Time between two health checks"),
    ...timing("timeout", "Time a health check may take"),
    ...timing("retries", "Failed checks before unhealthy"),
    ...timing("start_period", "Time after start in which failures do not count"),
  };
}

export interface TableEntry {
  option: Option;
  /** The service that has the option; undefined: the site. */
  service: AnyService | undefined;
  byRule: boolean;
}

/** Every option of a site by name: the site's, the services' own, and those by rule. A service's own wins over a rule. */
export function optionTable(services: readonly AnyService[]): Map<string, TableEntry> {
  const table = new Map<string, TableEntry>();
  const add = (options: Options, service: AnyService | undefined, byRule: boolean): void => {
    for (const [name, option] of Object.entries(options)) {
      if (!table.has(name)) table.set(name, { option, service, byRule });
    }
  };
  add(siteOptions, undefined, false);
  for (const service of services) add(service.options as Options, service, false);
  for (const service of services) add(byRuleOptions(service), service, true);
  return table;
}
