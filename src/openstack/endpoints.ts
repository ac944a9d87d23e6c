import { type Option, url } from "#model";

/** Names of the options that an address is made from. */
interface Reach {
  name: string;
  port: string;
}

export type EndpointOptions<S extends string> = Record<
  `${S}_internal_endpoint` | `${S}_public_endpoint`,
  Option<string>
>;

type PathEndpointOptions<S extends string> = EndpointOptions<S> &
  Record<`${S}_internal_base_endpoint` | `${S}_public_base_endpoint`, Option<string>>;

/**
 * Options of the addresses under which a service stands in Keystone's catalogue; `ports` are the options of its ports
 * on the VIPs.
 */
export function endpointOptions<const S extends string>(
  service: S,
  ports: { internal: string; public: string },
): EndpointOptions<S> {
  return reached(service, "endpoint", ports, "in the catalogue") as EndpointOptions<S>;
}

/** As `endpointOptions`, where they end with a path ("/v1"): what is before it has options of its own, as with Kolla-Ansible. */
export function pathEndpointOptions<const S extends string>(
  service: S,
  ports: { internal: string; public: string },
  path: string,
): PathEndpointOptions<S> {
  const base = `${service}_internal_base_endpoint`;
  const publicBase = `${service}_public_base_endpoint`;
  return {
    ...reached(service, "base_endpoint", ports, "without its path"),
    [`${service}_internal_endpoint`]: url(
      `{{ ${base} }}${path}`,
      `Address of ${service} in the catalogue, inside.`,
    ),
    [`${service}_public_endpoint`]: url(
      `{{ ${publicBase} }}${path}`,
      `Address of ${service} in the catalogue, from outside.`,
    ),
  } as PathEndpointOptions<S>;
}

function reached(
  service: string,
  end: string,
  ports: { internal: string; public: string },
  which: string,
): Readonly<Record<string, Option<string>>> {
  const inside = { name: `${service}_internal_fqdn`, port: ports.internal };
  const outside = { name: `${service}_external_fqdn`, port: ports.public };
  return {
    [`${service}_internal_${end}`]: internalUrl(inside, `Address of ${service} ${which}, inside.`),
    [`${service}_public_${end}`]: publicUrl(outside, `Address of ${service} ${which}, from outside.`),
  };
}

/** An option that is the address of an API on the internal VIP. */
export function internalUrl({ name, port }: Reach, doc: string): Option<string> {
  return url(`{{ ${name} | kolla_url(internal_protocol, ${port}) }}`, doc);
}

/** An option that is the address of an API on the external VIP. */
export function publicUrl({ name, port }: Reach, doc: string): Option<string> {
  return url(`{{ ${name} | kolla_url(public_protocol, ${port}) }}`, doc);
}
