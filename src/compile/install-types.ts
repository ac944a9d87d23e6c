import type { AnyService, InstallType, ResolvedSite } from "#model";
import { KollaError } from "#support";
import { releases } from "../../releases/index.ts";
import type { Release } from "../model/release.ts";
import { installTypeOption, releaseOption, variableName } from "./rule-options.ts";

type Values = Readonly<Record<string, unknown>>;

/** A service that is deployed, of a release that cannot be installed in the way that is asked for. */
interface Lacking {
  service: string;
  type: InstallType;
  release: Release;
  /** The options that say so. */
  option: string;
  releasedBy: string;
}

/**
 * Refuses an install type that the release of a service has not: KOLLA_OPTION_INSTALL_TYPE, at the option that asks for
 * it, or at the one that asks for the release. A service that is not deployed may have any.
 */
export function checkInstallTypes(
  services: readonly AnyService[],
  site: ResolvedSite,
  hosts: Readonly<Record<string, Values>>,
): KollaError[] {
  const isSet = (option: string): boolean => site.places[option] !== undefined;
  return Object.values(hosts).flatMap((values) => {
    const lacking = services.flatMap((service) => lackingIn(service, values));
    const own = lacking.filter(({ option, releasedBy }) => isSet(option) || isSet(releasedBy));
    const bySite = lacking.filter((one) => !own.includes(one));
    return [...own.map((one) => ownRefusal(one, site)), ...siteRefusal(bySite, site)];
  });
}

function lackingIn(service: AnyService, values: Values): Lacking[] {
  const isDeployed = service.enabled === undefined || values[`enable_${variableName(service.name)}`] === true;
  const [option, releasedBy] = [installTypeOption(service), releaseOption(service)];
  // Another release is told where it is set.
  const release = releases[String(values[releasedBy])];
  const type = values[option] as InstallType;
  if (!service.hasInstallType || !isDeployed || release === undefined || type === undefined) return [];
  const has = type === "binary" ? release.installTypes.includes(type) : release.projects[service.name];
  return has ? [] : [{ service: service.name, type, release, option, releasedBy }];
}

function ownRefusal({ service, type, release, option, releasedBy }: Lacking, site: ResolvedSite): KollaError {
  const [other] = release.installTypes.filter((each) => each !== type);
  const isChosen = site.places[option] !== undefined;
  const sources = Object.keys(release.projects).join(", ");
  const key = isChosen ? option : releasedBy;
  const instead = isChosen && other !== undefined ? `Set ${option}: ${other}.` : `Leave ${releasedBy} out.`;
  return new KollaError({
    code: "KOLLA_OPTION_INSTALL_TYPE",
    message:
      type === "source"
        ? `${isChosen ? `${option} is source` : `${releasedBy} is ${release.name}`}, but release ${release.name} has no source of ${service}`
        : `${option} is binary, but no distribution has packages of release ${release.name}`,
    where: { ...site.places[key], key },
    hint: type === "source" ? `${instead} It has sources of: ${sources}.` : instead,
  });
}

/** What the site's own install type asks of all its services. */
function siteRefusal(lacking: readonly Lacking[], site: ResolvedSite): KollaError[] {
  const [first] = lacking;
  if (!first) return [];
  const { release } = first;
  const names = lacking.map(({ service }) => service).join(", ");
  const instead = Object.keys(release.projects)
    .map((name) => `${variableName(name)}_install_type: source`)
    .join(", ");
  return [
    new KollaError({
      code: "KOLLA_OPTION_INSTALL_TYPE",
      message: `openstack_install_type is source, but release ${release.name} has no source of ${names}`,
      where: { ...site.places.openstack_install_type, key: "openstack_install_type" },
      hint: `Set openstack_install_type: binary, and with it ${instead}.`,
    }),
  ];
}
