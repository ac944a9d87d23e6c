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

/**
 * Options of the addresses under which a service stands in Keystone's catalogue; `ports` are the options of its ports
 * on the VIPs.
 */
export function endpointOptions<const S extends string>(
  service: S,
  ports: { internal: string; public: string },
): EndpointOptions<S> {
  const inside = { name: `${service}_internal_fqdn`, port: ports.internal };
  const outside = { name: `${service}_external_fqdn`, port: ports.public };
  return {
    [`${service}_internal_endpoint`]: internalUrl(inside, `Address of ${service} in the catalogue, inside.`),
    [`${service}_public_endpoint`]: publicUrl(
      outside,
      `Address of ${service} in the catalogue, from outside.`,
    ),
  } as EndpointOptions<S>;
}

/** An option that is the address of an API on the internal VIP. */
export function internalUrl({ name, port }: Reach, doc: string): Option<string> {
  return url(`{{ ${name} | kolla_url(internal_protocol, ${port}) }}`, doc);
}

/** An option that is the address of an API on the external VIP. */
export function publicUrl({ name, port }: Reach, doc: string): Option<string> {
  return url(`{{ ${name} | kolla_url(public_protocol, ${port}) }}`, doc);
}
