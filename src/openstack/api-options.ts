import { count, duration, type Option, type Options, port, type Secret, secret, word } from "#model";
import { type EndpointOptions, endpointOptions, pathEndpointOptions } from "./endpoints.ts";

type PortOptions<N extends string> = Record<
  `${N}_port` | `${N}_public_port` | `${N}_listen_port`,
  Option<number>
>;

/** Ports of what the load balancer offers: on the VIPs and on each host. `name` is its frontend's. */
export function portOptions<const N extends string>(name: N, title: string, number: number): PortOptions<N> {
  const inside = `${name}_port`;
  return {
    [inside]: port(number, `Port of ${title} on the internal VIP.`),
    [`${name}_public_port`]: port(`{{ ${inside} }}`, `Port of ${title} on the external VIP.`),
    [`${name}_listen_port`]: port(`{{ ${inside} }}`, `Port of ${title} on each host.`),
  } as PortOptions<N>;
}

/** The port that generations take turns on with the listen port, which is the option `listens`. Kolla-Ansible has none. */
export function sparePort(listens: string, title: string): Option<number> {
  return port(
    `{{ ${listens} + 10000 if ${listens} < 55536 else ${listens} - 10000 }}`,
    `Second port of ${title} on each host: a next generation proves itself on the one that is free.`,
  );
}

type WorkerOptions<P extends string> = Record<`${P}_api_workers`, Option<number>>;

function workerOptions<P extends string>(project: P, title: string): WorkerOptions<P> {
  const doc = `Processes of ${title} on each host.`;
  return {
    [`${project}_api_workers`]: count("{{ openstack_service_workers }}", doc, { min: 1 }),
  } as WorkerOptions<P>;
}

/** What goes through an API and takes hours, so that the load balancer has to bear silence meanwhile. */
export interface Transfer {
  /** "an image" */
  what: string;
  /** How much silence, as HAProxy has times: "6h". */
  silence: string;
}

function transferOptions(name: string, title: string, { what, silence }: Transfer): Options {
  const clientDoc = `Time a client may be silent while ${what} goes through the load balancer.`;
  return {
    [`haproxy_${name}_client_timeout`]: duration(silence, clientDoc),
    [`haproxy_${name}_server_timeout`]: duration(silence, `Time ${title} may be silent meanwhile.`),
  };
}

type AccountOptions<P extends string> = Record<
  `${P}_keystone_user` | `${P}_database_name` | `${P}_database_user`,
  Option<string>
> &
  Record<`${P}_keystone_password` | `${P}_database_password`, Option<Secret>>;

function accountOptions<P extends string>(project: P, title: string): AccountOptions<P> {
  return {
    [`${project}_keystone_user`]: word(project, `Account of ${title} in Keystone.`),
    [`${project}_keystone_password`]: secret("Password of that account."),
    [`${project}_database_name`]: word(project, `Schema of ${title}.`),
    [`${project}_database_user`]: word(project, `Account of ${title} at the database.`),
    [`${project}_database_password`]: secret("Password of that account at the database."),
  } as AccountOptions<P>;
}

/** The options of an API: all, and the parts between which a service may put its own. */
export interface ApiOptions<P extends string, N extends string> {
  ports: PortOptions<N> & Record<`${N}_spare_port`, Option<number>>;
  endpoints: EndpointOptions<P>;
  workers: WorkerOptions<P>;
  accounts: AccountOptions<P>;
  all: ApiOptions<P, N>["ports"] & EndpointOptions<P> & WorkerOptions<P> & AccountOptions<P>;
}

/** `name` is that of the API's frontend; `calls` is what documentation calls the API, `title` the project. */
export function apiOptions<const P extends string, const N extends string>(
  project: P,
  name: N,
  facts: {
    title: string;
    calls: string;
    port: number;
    path: string | undefined;
    transfer: Transfer | undefined;
  },
): ApiOptions<P, N> {
  const { title, calls, path, transfer } = facts;
  const ports = {
    ...portOptions(name, calls, facts.port),
    [`${name}_spare_port`]: sparePort(`${name}_listen_port`, calls),
  } as ApiOptions<P, N>["ports"];
  const reach = { internal: `${name}_port`, public: `${name}_public_port` };
  const endpoints =
    path === undefined ? endpointOptions(project, reach) : pathEndpointOptions(project, reach, path);
  const workers = workerOptions(project, calls);
  const accounts = accountOptions(project, title);
  const times = transfer ? transferOptions(name, title, transfer) : {};
  return {
    ports,
    endpoints,
    workers,
    accounts,
    all: { ...ports, ...endpoints, ...workers, ...times, ...accounts },
  };
}
