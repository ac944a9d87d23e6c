import { choice, count, duration, flag, hostname, list, name, port, secret, word } from "#model";

/** Options of the load balancer under Kolla-Ansible's names. */
export const options = {
  haproxy_user: word("openstack", "Account that may see the statistics."),
  haproxy_password: secret("Password of that account."),
  haproxy_stats_port: port(1984, "Port of the statistics."),
  syslog_server: hostname(
    "",
    "Syslog server that HAProxy writes to as well, over UDP; empty: to the engine's log alone. Kolla-Ansible: the host's own fluentd.",
  ),
  syslog_udp_port: port(5140, "Port of that server."),
  syslog_haproxy_facility: word("local1", "What that server files HAProxy's lines under."),
  haproxy_monitor_port: port(61313, "Port that tells whether HAProxy works."),
  haproxy_enable_external_vip: flag(
    "{{ not kolla_same_external_internal_vip }}",
    "Serve the external VIP as an address of its own.",
  ),
  haproxy_max_connections: count(40000, "Connections of the whole process.", { min: 1 }),
  haproxy_defaults_max_connections: count(10000, "Connections of each frontend.", { min: 1 }),
  haproxy_threads: count(1, "Threads.", { min: 1 }),
  haproxy_thread_cpu_map: flag(false, "Each thread stays on a processor of its own."),
  haproxy_host_ipv4_tcp_retries2: word(
    "KOLLA_UNSET",
    "Kernel setting net.ipv4.tcp_retries2 of its hosts: how often data without an answer are sent again. KOLLA_UNSET: left alone.",
  ),
  haproxy_frontend_http_extra: list(
    ["option httplog", "option forwardfor"],
    "Lines of every frontend that speaks HTTP.",
  ),
  haproxy_backend_http_extra: list([], "Lines of every backend that speaks HTTP."),
  haproxy_frontend_tcp_extra: list(["option tcplog"], "Lines of every frontend that speaks TCP."),
  haproxy_backend_tcp_extra: list([], "Lines of every backend that speaks TCP."),
  haproxy_defaults_balance: name("roundrobin", "How requests are spread."),
  haproxy_http_request_timeout: duration("10s", "Time a client has to send its request's header."),
  haproxy_http_keep_alive_timeout: duration("10s", "Time an idle connection stays open."),
  haproxy_queue_timeout: duration("1m", "Time a request waits for a free server."),
  haproxy_connect_timeout: duration("10s", "Time a server has to accept a connection."),
  haproxy_client_timeout: duration("1m", "Time a client may be silent."),
  haproxy_server_timeout: duration("1m", "Time a server may be silent."),
  haproxy_check_timeout: duration("10s", "Time a health check may take."),
  haproxy_health_check: name(
    "check inter 2000 downinter 500 rise 1 fall 5",
    "How servers are checked. One that comes back is used within half a second; Kolla-Ansible takes up to four.",
  ),
  haproxy_retries: count(
    5,
    "Times a connection is tried again, a second apart: so long a server that is being replaced is waited for.",
  ),
  keepalived_password: secret("Password between the keepalived of all hosts; the first 8 letters count."),
  keepalived_virtual_router_id: count(51, "Number of the VIP; unique in its network.", { min: 1, max: 255 }),
  keepalived_track_script_enabled: flag(true, "A host whose load balancer fails gives the VIP away."),
  keepalived_traffic_mode: choice(
    ["multicast", "unicast"],
    "multicast",
    "How the keepalived of all hosts talk to each other.",
  ),
};
