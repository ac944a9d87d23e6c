import { ofAbsentContainers } from "#model";

const TLS = "it is read with TLS only, which is not here yet";
const ONE_FRONTEND = "one external frontend for all APIs, told apart by their names";

/** Kolla-Ansible's variables without which the load balancer would be another one, each with what is lacking. */
export const refuses: Readonly<Record<string, string>> = {
  haproxy_single_external_frontend: ONE_FRONTEND,
  haproxy_service_template: "the load balancer's files are not made from templates of services",
  kolla_enable_tls_backend: "TLS between the load balancer and the APIs",
  kolla_externally_managed_cert: "TLS on the VIPs",
};

/** Those that a load balancer of ours needs nothing of, each with why. */
export const moot: Readonly<Record<string, string>> = {
  haproxy_socket_level_admin: "the socket always has that level",
  haproxy_frontend_redirect_extra: TLS,
  haproxy_enable_http2: TLS,
  haproxy_http2_protocol: TLS,
  haproxy_health_check_ssl: TLS,
  kolla_haproxy_ssl_settings: TLS,
  haproxy_ssl_settings: TLS,
  ssl_legacy_settings: TLS,
  ssl_intermediate_settings: TLS,
  ssl_modern_settings: TLS,
  haproxy_backend_cacert: TLS,
  haproxy_backend_cacert_dir: TLS,
  kolla_verify_tls_backend: TLS,
  kolla_tls_backend_cert: TLS,
  kolla_tls_backend_key: TLS,
  kolla_external_fqdn_cert: TLS,
  kolla_internal_fqdn_cert: TLS,
  haproxy_single_external_frontend_public_port: "it is read with haproxy_single_external_frontend only",
  haproxy_external_single_frontend_default_backend: "it is read with haproxy_single_external_frontend only",
  haproxy_external_single_frontend_options: "it is read with haproxy_single_external_frontend only",
  ...ofAbsentContainers("haproxy_ssh"),
  haproxy_ssh_port: "It matters with enable_letsencrypt, which is not here yet",
  haproxy_proto: "Telegraf reads it, which is not here",
  haproxy_config_install: "ProxySQL reads it, which is not here",
};
