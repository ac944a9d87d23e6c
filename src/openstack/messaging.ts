import { isOlder, list, type Option, Secret } from "#model";
import { KollaError } from "#support";
import type { ConfContext, IniSection } from "./context.ts";

/** Brokers for one purpose, and the account there. */
interface Brokers {
  group: string;
  port: number;
  vhost: string;
  user: string;
  password: Secret;
}

/** Those that the options om_rpc_… or om_notify_… name. */
const brokersFor = ({ opt }: ConfContext, purpose: "rpc" | "notify"): Brokers => ({
  group: opt[`om_${purpose}_group`],
  port: opt[`om_${purpose}_port`],
  vhost: opt[`om_${purpose}_vhost`],
  user: opt[`om_${purpose}_user`],
  password: opt[`om_${purpose}_password`],
});

/**
 * oslo.messaging's address of all message brokers that carry RPC, in inventory order.
 * Throws KOLLA_INVENTORY_GROUP when the brokers' group is empty.
 */
export const transportUrl = (context: ConfContext): Secret => brokersUrl(context, brokersFor(context, "rpc"));

/** As `transportUrl`, of those that carry notifications. */
const notifyUrl = (context: ConfContext): Secret => brokersUrl(context, brokersFor(context, "notify"));

function brokersUrl({ site }: ConfContext, { group, port, vhost, user, password }: Brokers): Secret {
  const hosts = site.hosts(group);
  if (hosts.length === 0) {
    throw new KollaError({
      code: "KOLLA_INVENTORY_GROUP",
      message: `No host is in the group ${group}, so services cannot reach a message broker`,
      hint: `Put at least one host into [${group}] of the inventory.`,
    });
  }
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password.reveal())}`;
  const members = hosts.map((host) => `${account}@${host.apiAddress}:${port}`);
  return new Secret(`rabbit://${members.join(",")}/${vhost}`);
}

/**
 * Section [oslo_messaging_rabbit]. Queues are replicated (quorum) and fanout goes through streams, as with Kolla-Ansible;
 * streams need a prefetch count.
 *
 * The queue manager (use_queue_manager) stays off: it names reply queues by host and process name, and two processes of
 * one name on a host then take each other's replies. Without it the names are random, and RabbitMQ drops the queues of
 * processes that are gone after half an hour.
 *
 * `pthread`: heartbeats from a thread of their own, for programs under uwsgi whose green threads stand still between requests.
 */
export function messaging(context: ConfContext, settings: { pthread?: boolean } = {}): IniSection {
  return {
    // 2026.2 has it no more.
    ...(isOlder(context.release, "2026.2") && { heartbeat_in_pthread: settings.pthread ?? false }),
    rabbit_quorum_queue: true,
    rabbit_transient_quorum_queue: true,
    rabbit_stream_fanout: context.opt.om_enable_rabbitmq_stream_fanout,
    rabbit_qos_prefetch_count: context.opt.om_rabbitmq_qos_prefetch_count,
    use_queue_manager: false,
  };
}

/** One of a list of topics, as Kolla-Ansible has it. */
export interface Topic {
  name: string;
  enabled?: unknown;
}

type TopicOptions<S extends string> = Record<
  `${S}_notification_topics` | `${S}_enabled_notification_topics`,
  Option<readonly Topic[]>
>;

/** Options of a service that can tell others what happens in it; `topics` are those that are known. */
export function topicOptions<const S extends string>(
  service: S,
  topics: readonly Topic[] | string = [{ name: "notifications", enabled: false }],
): TopicOptions<S> {
  const known = `${service}_notification_topics`;
  return {
    [known]: list<Topic>(
      topics,
      "Topics under which is told what happens, each {name, enabled}. Somebody has to read them, or their queues grow without end.",
    ),
    [`${service}_enabled_notification_topics`]: list<Topic>(
      `{{ ${known} | selectattr('enabled', 'equalto', true) | list }}`,
      "Those of them that are in use.",
    ),
  } as TopicOptions<S>;
}

/** Section [oslo_messaging_notifications] of a service that has `topicOptions`: without topics in use nothing is told. */
export function notifications(context: ConfContext, service: string): IniSection {
  const topics = context.site.value(`${service}_enabled_notification_topics`) as readonly Topic[];
  return {
    transport_url: notifyUrl(context),
    ...(topics.length > 0
      ? { driver: "messagingv2", topics: topics.map(({ name }) => name).join(",") }
      : { driver: "noop" }),
  };
}
