import { KollaError } from "#support";
import { Secret } from "../secret.ts";
import type { ConfContext, IniSection } from "./context.ts";

/**
 * oslo.messaging's address of all message brokers, in inventory order.
 * Throws KOLLA_MESSAGING_HOSTS when the broker's group is empty.
 */
export function transportUrl(context: ConfContext): Secret {
  const { opt, site } = context;
  const brokers = site.hosts(opt.om_rpc_group);
  if (brokers.length === 0) {
    throw new KollaError({
      code: "KOLLA_MESSAGING_HOSTS",
      message: `No host is in the group ${opt.om_rpc_group}, so services cannot reach a message broker`,
      hint: `Put at least one host into [${opt.om_rpc_group}] of the inventory.`,
    });
  }
  const account = `${encodeURIComponent(opt.om_rpc_user)}:${encodeURIComponent(opt.rabbitmq_password.reveal())}`;
  const members = brokers.map((host) => `${account}@${host.apiAddress}:${opt.om_rpc_port}`);
  return new Secret(`rabbit://${members.join(",")}/${opt.om_rpc_vhost}`);
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
    heartbeat_in_pthread: settings.pthread ?? false,
    rabbit_quorum_queue: true,
    rabbit_transient_quorum_queue: true,
    rabbit_stream_fanout: context.opt.om_enable_rabbitmq_stream_fanout,
    rabbit_qos_prefetch_count: context.opt.om_rabbitmq_qos_prefetch_count,
    use_queue_manager: false,
  };
}

/** Section [oslo_messaging_notifications]: nobody listens to notifications yet, so none are sent. */
export function notifications(context: ConfContext): IniSection {
  return { transport_url: transportUrl(context), driver: "noop" };
}
