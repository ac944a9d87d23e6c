import type { AnyService, ResolvedSite } from "#model";
import { KollaError } from "#support";
import { releases } from "../../releases/index.ts";
import { installTypeOption, variableName } from "./rule-options.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Refuses install type `source` for services that the release has no source of: KOLLA_OPTION_INSTALL_TYPE, at the
 * option that asks for it. A service that is not deployed may have any.
 */
export function checkInstallTypes(
  services: readonly AnyService[],
  site: ResolvedSite,
  hosts: Readonly<Record<string, Values>>,
): KollaError[] {
  return Object.values(hosts).flatMap((values) => {
    const release = String(values.openstack_release);
    // Another release is told where it is set.
    if (!releases[release]) return [];
    const sources = Object.keys(releases[release].projects);
    const lacking = services
      .filter((service) => isFromSource(service, values) && !sources.includes(service.name))
      .map((service) => ({ service: service.name, option: installTypeOption(service) }));
    const refusal = (option: string, names: readonly string[], hint: string): KollaError =>
      new KollaError({
        code: "KOLLA_OPTION_INSTALL_TYPE",
        message: `${option} is source, but release ${release} has no source of ${names.join(", ")}`,
        where: { ...site.places[option], key: option },
        hint,
      });
    const own = lacking.filter(({ option }) => site.places[option] !== undefined);
    const bySite = lacking.filter((one) => !own.includes(one)).map(({ service }) => service);
    const each = own.map(({ service, option }) =>
      refusal(option, [service], `Set ${option}: binary. It has sources of: ${sources.join(", ")}.`),
    );
    if (bySite.length === 0) return each;
    const instead = sources.map((name) => `${variableName(name)}_install_type: source`).join(", ");
    return [
      ...each,
      refusal(
        "openstack_install_type",
        bySite,
        `Set openstack_install_type: binary, and with it ${instead}.`,
      ),
    ];
  });
}

function isFromSource(service: AnyService, values: Values): boolean {
  const isDeployed = service.enabled === undefined || values[`enable_${variableName(service.name)}`] === true;
  return service.hasInstallType === true && isDeployed && values[installTypeOption(service)] === "source";
}
