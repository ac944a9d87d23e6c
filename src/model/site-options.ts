import { bootstrapOptions } from "./bootstrap-options.ts";
import { INSTALL_TYPES } from "./image.ts";
import {
  address,
  any,
  choice,
  count,
  flag,
  hostname,
  image,
  imagePart,
  imagePrefix,
  lacking,
  list,
  map,
  name,
  namespace,
  networkInterface,
  number,
  path,
  port,
  proxy,
  registry,
  requiredAddress,
  seconds,
  secret,
  secretLike,
  size,
  sshKey,
  tag,
  tagSuffix,
  text,
  word,
} from "./option.ts";

/** Options that belong to the site and not to one service. Names and defaults are Kolla-Ansible's unless the text says otherwise. */
export const siteOptions = {
  openstack_release: choice(["2025.1"], "2025.1", "Release of OpenStack to deploy."),
  kolla_base_distro: choice(["debian"], "debian", "Distribution that the images are made of."),
  kolla_base_distro_version: tag("trixie", "Version of that distribution."),
  openstack_install_type: choice(
    INSTALL_TYPES,
    "binary",
    "Where OpenStack in images comes from: the distribution's packages, or the release's locked sources. `<service>_install_type` says it for one service.",
  ),
  openstack_tag: tag(
    "{{ openstack_release }}-{{ kolla_base_distro }}-{{ kolla_base_distro_version }}{{ openstack_tag_suffix }}",
    "Tag of the images. Those of install type source have -source behind it.",
  ),
  openstack_tag_suffix: tagSuffix("", "Appended to the tag."),
  openstack_region_name: name("RegionOne", "Region in Keystone's catalogue."),
  openstack_logging_debug: flag(false, "Debug logging for all OpenStack services."),
  openstack_service_workers: count(
    "{{ [ansible_facts.processor_vcpus, 5] | min }}",
    "Processes of each API.",
    { min: 1 },
  ),
  openstack_service_rpc_workers: count(
    "{{ [ansible_facts.processor_vcpus, 3] | min }}",
    "Processes of each service that answers RPC.",
    { min: 1 },
  ),

  docker_registry: registry("", "Registry to pull images from; empty: the engine's own images."),
  docker_registry_username: name("", "Account at the registry."),
  docker_registry_password: secret("Password at the registry.", "operator"),
  docker_registry_insecure: flag(false, "Speak plain HTTP to the registry."),
  docker_namespace: namespace(
    "kolla",
    "Namespace of the images. Kolla-Ansible's default is its project's public one; ours is what `kolla build` writes.",
  ),
  docker_image_name_prefix: imagePart("", "Prefix of every image's name."),
  docker_image_url: imagePrefix(
    "{{ docker_registry ~ '/' if docker_registry else '' }}{{ docker_namespace }}/{{ docker_image_name_prefix }}",
    "What stands before an image's name.",
  ),
  kolla_agent_image_full: image(
    "{{ docker_image_url }}kolla-agent:{{ openstack_tag }}",
    "Image that Kolla runs on each host to look at it and to change it.",
  ),
  docker_runtime_directory: path("", "Where the engine keeps its state, when not in the usual place."),
  docker_disable_default_iptables_rules: flag(true, "The engine leaves the host's firewall alone."),
  docker_disable_default_network: flag(
    "{{ docker_disable_default_iptables_rules }}",
    "The engine makes no bridge of its own.",
  ),
  docker_disable_ip_forward: flag(
    "{{ docker_disable_default_iptables_rules }}",
    "The engine leaves IP forwarding of the host alone.",
  ),
  docker_storage_driver: word("", "The engine's storage driver, when not its own choice."),
  docker_graceful_timeout: seconds(60, "Time a container has to stop before it is killed."),
  docker_restart_policy: choice(
    ["unless-stopped", "no"],
    "unless-stopped",
    "What the engine does when a container ends.",
  ),
  docker_log_max_file: count(5, "Log files kept of each container."),
  docker_log_max_size: size("50m", "Size at which a container's log is rotated."),
  kolla_container_engine: choice(["docker", "podman"], "docker", "Container engine on the hosts."),

  ...bootstrapOptions,

  default_container_dimensions_docker: map({}, "Resource limits of every container where Docker runs them."),
  default_container_dimensions_podman: map({}, "Resource limits of every container where Podman runs them."),
  default_container_dimensions: map(
    "{{ default_container_dimensions_docker if kolla_container_engine == 'docker' else default_container_dimensions_podman }}",
    "Resource limits of every container, as Kolla-Ansible takes them (mem_limit, cpu_shares, ulimits …). Open files follow the host: 1048576 or its hard limit, whichever is lower.",
  ),
  default_container_healthcheck_interval: seconds(30, "Time between two health checks."),
  default_container_healthcheck_timeout: seconds(30, "Time a health check may take."),
  default_container_healthcheck_retries: count(3, "Failed checks before a container counts as unhealthy."),
  default_container_healthcheck_start_period: seconds(5, "Time after start in which failures do not count."),
  container_http_proxy: proxy("", "HTTP proxy for containers that fetch something from outside."),
  container_https_proxy: proxy("", "HTTPS proxy for them."),
  container_no_proxy: text("localhost,127.0.0.1", "What they reach without a proxy."),
  container_proxy_no_proxy_entries: list(
    "{{ [container_no_proxy, api_interface_address, kolla_internal_vip_address] }}",
    "All that they reach without a proxy.",
  ),
  container_proxy: map(
    "{{ {'http_proxy': container_http_proxy, 'https_proxy': container_https_proxy, 'no_proxy': container_proxy_no_proxy_entries | select | join(',')} }}",
    "Environment by which they know the proxies.",
  ),
  enable_container_healthchecks: flag(true, "Let the engine check the health of containers."),
  default_extra_volumes: list([], "Mounts that every container gets (source:target[:mode])."),

  node_config: name(
    "{{ CONFIG_DIR | default('/etc/kolla') }}",
    "The operator's directory on the control host.",
  ),
  node_custom_config: name(
    "{{ node_config }}/config",
    "Where override files are, for templates that ask. They are read from config/ of the operator's directory whatever this says.",
  ),
  node_config_directory: path("/etc/kolla", "Where configuration is written on each host."),
  config_owner_user: word("root", "Account on each host that owns what is written there for containers."),
  config_owner_group: word("root", "Group of that."),
  config_strategy: choice(
    ["COPY_ALWAYS", "COPY_ONCE"],
    "COPY_ALWAYS",
    "Whether a container copies its configuration at each start or only at the first.",
  ),

  kolla_internal_vip_address: requiredAddress(
    "Address that the internal load balancer answers on; must be free, in the network of the API interface.",
  ),
  kolla_internal_fqdn: hostname("{{ kolla_internal_vip_address }}", "Name of the internal API address."),
  kolla_external_vip_address: address(
    "{{ kolla_internal_vip_address }}",
    "Address that the public load balancer answers on.",
  ),
  kolla_external_fqdn: hostname(
    "{{ kolla_internal_fqdn if kolla_external_vip_address == kolla_internal_vip_address else kolla_external_vip_address }}",
    "Name of the public API address.",
  ),
  kolla_same_external_internal_vip: flag(
    "{{ kolla_external_vip_address == kolla_internal_vip_address }}",
    "Whether both addresses are one.",
  ),
  network_interface: networkInterface("eth0", "Interface that all the others default to."),
  api_interface: networkInterface("{{ network_interface }}", "Interface of the management and API network."),
  kolla_external_vip_interface: networkInterface(
    "{{ network_interface }}",
    "Interface that carries the external VIP.",
  ),
  tunnel_interface: networkInterface(
    "{{ network_interface }}",
    "Interface of the overlay networks between hosts.",
  ),
  migration_interface: networkInterface("{{ api_interface }}", "Interface that live migration goes through."),
  network_address_family: choice(["ipv4"], "ipv4", "Address family of all networks."),
  api_interface_address: address("{{ 'api' | kolla_address }}", "Address of the host on the API network."),
  tunnel_interface_address: address(
    "{{ 'tunnel' | kolla_address }}",
    "Address of the host on the tunnel network.",
  ),
  migration_interface_address: address(
    "{{ 'migration' | kolla_address }}",
    "Address of the host on the migration network.",
  ),
  kolla_enable_tls_internal: lacking(
    flag(false, "TLS on the internal VIP."),
    true,
    "the load balancer speaks plain HTTP",
  ),
  kolla_enable_tls_external: lacking(
    flag(
      "{{ kolla_enable_tls_internal if kolla_same_external_internal_vip else false }}",
      "TLS on the external VIP.",
    ),
    true,
    "the load balancer speaks plain HTTP",
  ),
  internal_protocol: choice(
    ["http", "https"],
    "{{ 'https' if kolla_enable_tls_internal else 'http' }}",
    "Protocol of internal endpoints.",
  ),
  public_protocol: choice(
    ["http", "https"],
    "{{ 'https' if kolla_enable_tls_external else 'http' }}",
    "Protocol of public endpoints.",
  ),
  openstack_cacert: path("", "CA bundle in containers that clients check APIs with."),
  kolla_admin_openrc_cacert: path("", "CA bundle named in clouds.yaml and openrc."),

  enable_openstack_core: flag(true, "Keystone, Glance, Placement, Nova and Neutron."),
  enable_haproxy: flag(true, "Load balancer in front of the APIs."),
  kolla_replace_beside: flag(
    true,
    "The next container of an API, and of the load balancer, proves itself beside the one that serves; for a moment it takes the memory of both. Without it, the old one is stopped first.",
  ),
  enable_keepalived: flag("{{ enable_haproxy }}", "Moves the VIP between load balancers."),

  service_uwsgi_config_worker_timeout: seconds(
    30,
    "Time that a process of an API has to end its requests when it is stopped. Kolla-Ansible: 80.",
    { min: 1 },
  ),

  database_address: hostname("{{ kolla_internal_fqdn }}", "Where services find the database."),
  database_user: word("root", "Administrator of the database."),
  database_port: port(3306, "Port of the database."),
  database_password: secret("Password of the database's administrator."),
  database_connection_recycle_time: seconds(10, "Age at which a pooled connection is renewed."),
  database_max_pool_size: count(1, "Pooled connections of each process."),

  rabbitmq_user: word("openstack", "Account of the services at RabbitMQ."),
  rabbitmq_password: secret("Password of that account."),
  rabbitmq_port: port(5672, "AMQP port."),
  om_rpc_user: word("{{ rabbitmq_user }}", "Account for RPC."),
  om_rpc_port: port("{{ rabbitmq_port }}", "Port for RPC."),
  om_rpc_group: name("rabbitmq", "Inventory group of the message brokers."),
  om_rpc_vhost: name("/", "Virtual host for RPC."),
  om_rpc_password: secretLike("{{ rabbitmq_password }}", "Password of the account for RPC."),
  om_notify_user: word("{{ rabbitmq_user }}", "Account for notifications."),
  om_notify_port: port("{{ rabbitmq_port }}", "Port for notifications."),
  om_notify_group: name("rabbitmq", "Inventory group of the brokers that carry notifications."),
  om_notify_vhost: name("/", "Virtual host for notifications."),
  om_notify_password: secretLike("{{ rabbitmq_password }}", "Password of the account for notifications."),
  om_rabbitmq_qos_prefetch_count: count(
    50,
    "Messages a consumer takes ahead; stream fanout needs at least 1.",
    { min: 1 },
  ),
  om_enable_rabbitmq_stream_fanout: flag(true, "Fanout through streams."),

  memcached_port: port(11211, "Port of memcached."),
  memcache_security_strategy: choice(
    ["ENCRYPT", "MAC", "None"],
    "ENCRYPT",
    "How cached tokens are protected.",
  ),
  memcache_secret_key: secret("Key that cached tokens are protected with."),

  keystone_admin_user: word("admin", "Administrator of the cloud."),
  keystone_admin_project: name("admin", "Project of that administrator."),
  keystone_admin_password: secret("Password of that administrator."),
  keystone_internal_port: port(5000, "Port of Keystone on the internal VIP."),
  update_keystone_service_user_passwords: flag(
    true,
    "An account of a service that is in Keystone already gets the password of passwords.yml.",
  ),
  default_project_domain_name: name("Default", "Domain of projects."),
  default_project_domain_id: word("default", "Id of that domain."),
  default_user_domain_name: name("Default", "Domain of users."),
  default_user_domain_id: word("default", "Id of that domain."),
  keystone_default_user_role: name("member", "Role of ordinary users, for templates that ask."),

  set_sysctl: flag(true, "Set the kernel parameters that services need; no: the operator does it."),
  kolla_ssh_key: sshKey("Key between hosts."),
  host_health_gate_seconds: number(
    60,
    "How long a new container may take to become healthy before the old one is restored. Set, it holds for every container; else programs that start slowly have longer.",
    { min: 1 },
  ),
  host_unreachable_seconds: number(
    180,
    "How long a host may be out of reach in a run before the run goes on without it. Its agent finishes alone what it has begun.",
    { min: 1 },
  ),
  kolla_serial: any(
    "0",
    'How many hosts at a time a container is changed on: a number, a share ("30%") or a list of them, of which the last stands for all that follow. 0: as each container says. A quorum is never changed on more than one host at a time.',
  ),
  kolla_max_fail_percentage: number(
    100,
    "A run ends for all hosts when more than so many percent of them have failed. Up to then a host that fails ends its own part, and the part of those that need it.",
    { min: 0, max: 100 },
  ),
  kolla_generations_kept: number(
    3,
    "How many earlier states of itself a host keeps to return to with `kolla rollback`, and of each container how many earlier generations.",
    { min: 1 },
  ),
  enable_destroy_images: flag(false, "`kolla destroy` removes the images too, as --include-images says."),
  destroy_include_images: flag("{{ enable_destroy_images }}", "The same."),
  prechecks_minimum_memory_mb: count(7000, "Memory below which prechecks warn."),
} as const;

export type SiteOptions = typeof siteOptions;
