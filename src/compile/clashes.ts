import type { AnyService, NamedApi } from "#model";
import { groupBy, KollaError } from "#support";
import type { Evaluation } from "./evaluation.ts";
import { NoValue } from "./failure.ts";
import { hostsOf } from "./judgements.ts";
import type { Views } from "./views.ts";

const VIPS = ["kolla_internal_vip_address", "kolla_external_vip_address"];
const OWN = ["api_interface_address", "tunnel_interface_address", "migration_interface_address"];

/** What cannot be together on a site although each value by itself is right: KOLLA_CONFIG_VIP, KOLLA_CONFIG_PORT. */
export function siteClashes(
  enabled: readonly AnyService[],
  evaluation: Evaluation,
  views: Views,
): KollaError[] {
  return [...vipClashes(evaluation), ...portClashes(enabled, evaluation, views)];
}

/** A load balancer's address is nobody's own. */
function vipClashes(evaluation: Evaluation): KollaError[] {
  const { hosts } = evaluation.site;
  const [first] = hosts;
  const value = valueIn(evaluation);
  if (!first || ![value("enable_haproxy", first.name), value("enable_keepalived", first.name)].includes(true))
    return [];
  const clashes = VIPS.flatMap((vip) =>
    hosts.flatMap(({ name }) => {
      const found = value(vip, first.name);
      const own = OWN.find((option) => found !== undefined && value(option, name) === found);
      return own ? [{ option: evaluation.origin(vip).option, found, host: name, own }] : [];
    }),
  );
  return [...groupBy(clashes, ({ option }) => option).values()].flatMap(([clash]) => {
    if (!clash) return [];
    const { option, found, host, own } = clash;
    const { where } = evaluation.origin(option);
    return [
      new KollaError({
        code: "KOLLA_CONFIG_VIP",
        message: `${option} ${found} is the address of ${host} itself (${own})`,
        hint: "Choose a free address of that network; or set enable_haproxy and enable_keepalived to no for a single host without a VIP.",
        ...(where && { where }),
      }),
    ];
  });
}

/** Where something listens: who, by which number, and on what. */
interface Socket {
  place: string;
  words: string;
  owner: string;
  port: number;
  /** It follows from another port, so that a clash of that one is told instead. */
  follows?: true;
}

function portClashes(enabled: readonly AnyService[], evaluation: Evaluation, views: Views): KollaError[] {
  const sockets = [
    ...frontends(evaluation, views),
    ...enabled.flatMap((service) => listeners(service, evaluation, views)),
  ];
  const taken = [...groupBy(sockets, ({ place, port }) => `${place}:${port}`).values()];
  const clashes = taken.flatMap((there) => {
    const owners = [...new Set(there.map(({ owner }) => owner))].sort();
    const [first] = there;
    const follows = there.every((socket) => socket.follows);
    return first && owners.length > 1 ? [{ ...first, owners, follows }] : [];
  });
  const isTold = ({ owners, follows }: (typeof clashes)[number]): boolean =>
    !follows || !clashes.some((other) => !other.follows && other.owners.join() === owners.join());
  const once = new Map(
    clashes.filter(isTold).map((clash) => [`${clash.port} ${clash.owners.join(" ")}`, clash]),
  );
  return [...once.values()].map(({ port, owners, words }) => {
    const options = optionsOf(port, evaluation);
    const where = options.map((option) => evaluation.site.places[option]).find(Boolean);
    return new KollaError({
      code: "KOLLA_CONFIG_PORT",
      message: `${owners.join(" and ")} cannot both have port ${port} ${words}`,
      hint: `Give one of them another port: ${options.join(", ")}.`,
      ...(where && { where }),
    });
  });
}

/** What the load balancer listens on: every API's ports on the VIPs. */
function frontends(evaluation: Evaluation, views: Views): Socket[] {
  const first = evaluation.site.hosts[0]?.name ?? "";
  const value = valueIn(evaluation);
  if (value("enable_haproxy", first) !== true) return [];
  const at = (vip: string, { name }: NamedApi, port: number): Socket => ({
    place: String(value(vip, first) ?? vip),
    words: "on the VIP",
    owner: name,
    port,
  });
  return views
    .site(first)
    .apis.flatMap((api) => [
      at("kolla_internal_vip_address", api, api.port),
      ...(api.publicPort === undefined ? [] : [at("kolla_external_vip_address", api, api.publicPort)]),
    ]);
}

/** What a service listens on: the ports of its APIs on each host, and those of its options that are no API's. */
function listeners(service: AnyService, evaluation: Evaluation, views: Views): Socket[] {
  return hostsOf(service, evaluation, views).flatMap((host) => {
    const apis = views.site(host).apis.filter(({ serviceName }) => serviceName === service.name);
    const socket = (owner: string, port: number): Socket => ({
      place: host,
      words: `on ${host}`,
      owner,
      port,
    });
    const served = apis
      .filter(({ group }) => views.host(host).in(group))
      .flatMap(({ name, listenPort, sparePort }) => [
        socket(name, listenPort),
        ...(sparePort === undefined ? [] : [{ ...socket(name, sparePort), follows: true as const }]),
      ]);
    const known = new Set(
      apis.flatMap(({ port, publicPort, listenPort, sparePort }) => [
        port,
        publicPort,
        listenPort,
        sparePort,
      ]),
    );
    const value = valueIn(evaluation);
    const others = Object.keys(service.options as object)
      .filter((name) => evaluation.table.get(name)?.option.type === "port")
      .map((name) => [evaluation.origin(name).option, value(name, host)] as const)
      .filter((pair): pair is [string, number] => typeof pair[1] === "number" && !known.has(pair[1]));
    return [...served, ...others.map(([name, port]) => socket(name, port))];
  });
}

/** Options with this port, those that the operator set first. */
function optionsOf(port: number, evaluation: Evaluation): string[] {
  const first = evaluation.site.hosts[0]?.name ?? "";
  const value = valueIn(evaluation);
  const found = [...evaluation.table]
    .filter(([name, { option }]) => option.type === "port" && value(name, first) === port)
    .map(([name]) => evaluation.origin(name).option);
  const isSet = (name: string): boolean => evaluation.isSet(name, first);
  return [...new Set(found)].sort((a, b) => Number(isSet(b)) - Number(isSet(a)) || (a < b ? -1 : 1));
}

/** Values of options; undefined where there is none. */
function valueIn(evaluation: Evaluation): (option: string, host: string) => unknown {
  return (option, host) => {
    try {
      return evaluation.value(option, host);
    } catch (error) {
      if (error instanceof NoValue) return undefined;
      throw error;
    }
  };
}
