import { count, type Option, port, type Secret, secret, word } from "#model";
import { type EndpointOptions, endpointOptions } from "./endpoints.ts";

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

type WorkerOptions<P extends string> = Record<`${P}_api_workers`, Option<number>>;

function workerOptions<P extends string>(project: P, title: string): WorkerOptions<P> {
  const doc = `Processes of ${title} on each host.`;
  return {
    [`${project}_api_workers`]: count("{{ openstack_service_workers }}", doc, { min: 1 }),
  } as WorkerOptions<P>;
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
  ports: PortOptions<N>;
  endpoints: EndpointOptions<P>;
  workers: WorkerOptions<P>;
  accounts: AccountOptions<P>;
  all: PortOptions<N> & EndpointOptions<P> & WorkerOptions<P> & AccountOptions<P>;
}

/** `name` is that of the API's frontend; `calls` is what documentation calls the API, `title` the project. */
export function apiOptions<const P extends string, const N extends string>(
  project: P,
  name: N,
  words: { title: string; calls: string; port: number },
): ApiOptions<P, N> {
  const ports = portOptions(name, words.calls, words.port);
  const endpoints = endpointOptions(project, { internal: `${name}_port`, public: `${name}_public_port` });
  const workers = workerOptions(project, words.calls);
  const accounts = accountOptions(project, words.title);
  return { ports, endpoints, workers, accounts, all: { ...ports, ...endpoints, ...workers, ...accounts } };
}
