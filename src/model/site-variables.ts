import { judgedAlike } from "./absent.ts";

const NO_PYTHON =
  "Kolla's agent brings all that it needs in its image; nothing of Python is installed on hosts for it";

/** As `refuses` of a service: Kolla-Ansible's variables of the site as a whole that are not here, each with what is lacking. */
export const siteRefuses: Readonly<Record<string, string>> = {
  api_address_family: "IPv6",
  migration_address_family: "IPv6",
  storage_address_family: "IPv6",
  tunnel_address_family: "IPv6",
  glance_default_backend: "another store of images than files",
  keystone_identity_mappings: "federation",
  keystone_identity_providers: "federation",
  om_notify_transport: "another carrier of messages than RabbitMQ",
  om_rpc_transport: "another carrier of messages than RabbitMQ",
  rpc_transport_url:
    "It is made from om_rpc_group, om_rpc_user, om_rpc_password, om_rpc_port and om_rpc_vhost",
  notify_transport_url:
    "It is made from om_notify_group, om_notify_user, om_notify_password, om_notify_port and om_notify_vhost",
  service_ks_register_region_name: "one region for all services: openstack_region_name",
  service_ks_register_endpoint_region: "one region for all services: openstack_region_name",
  service_ks_register_domain: "accounts of services in another domain than `default`",
  enable_osprofiler: "traces of what requests do in all services",
  dns_address_family: "IPv6",
  dpdk_tunnel_address_family: "IPv6",
  database_enable_tls_internal: "TLS to the database",
  kolla_copy_backend_tls_files: "TLS between the load balancer and the services",
  kolla_copy_ca_into_containers: "authorities of the operator's in containers",
  enable_central_logging:
    "logs of all hosts gathered in one place; each host has its own below /var/log/kolla",
  syslog_facilities: "a receiver of syslog; services write files below /var/log/kolla",
  enable_external_api_firewalld: "rules of a firewall for the public API addresses; the operator makes them",
  multiple_regions_names: "several regions in one Keystone",
  openstack_interface: "Kolla asks the APIs at their internal addresses",
  use_preconfigured_databases: "databases and accounts that someone else made; Kolla makes its own",
  container_config_directory: "The images read their configuration from there and nowhere else",
  common_tag: "One tag for several services; each has its own: kolla_toolbox_tag, cron_tag",
  skip_stop_containers: "Containers that `stop` leaves alone; name their sets with --skip-tags",
  ...judgedAlike(
    "Mounts for the containers that have /run; default_extra_volumes is for all, <container>_extra_volumes for one",
    "run_default_volumes_docker run_default_volumes_podman",
  ),
  docker_configure_for_zun: "Zun",
  containerd_configure_for_zun: "Zun",
};

/** As `moot` of a service: Kolla-Ansible's variables of the site that a cloud of ours needs nothing of, each with why. */
export const siteMoot: Readonly<Record<string, string>> = {
  ...judgedAlike(
    "It matters with enable_osprofiler, which is not here",
    "osprofiler_backend osprofiler_backend_connection_string",
  ),
  ...judgedAlike(
    "Kolla itself asks again, for as long as it takes Keystone to answer",
    "service_ks_register_retries service_ks_register_delay",
  ),
  service_ks_register_interface: "Accounts and addresses are made through Keystone's internal address",
  service_ks_cacert: "Kolla itself checks Keystone with kolla_admin_openrc_cacert",
  ...judgedAlike(
    "RabbitMQ reads its accounts when it starts; nobody has to ask again",
    "service_rabbitmq_retries service_rabbitmq_delay",
  ),
  ...judgedAlike(
    "It is for hosts of Red Hat's family, which bootstrap-servers refuses",
    `change_selinux selinux_state epel_version epel_yum_package redhat_pkg_install redhat_pkg_removals docker_yum_baseurl
     docker_yum_gpgcheck docker_yum_gpgkey docker_yum_package docker_yum_package_pin docker_yum_url`,
  ),
  ...judgedAlike(
    "bootstrap-servers installs the engine that the host's own sources of packages have; one that runs already stays",
    `enable_docker_repo docker_packages docker_apt_key_env docker_apt_key_file docker_apt_package docker_apt_package_pin
     docker_apt_url`,
  ),
  ...judgedAlike(
    "bootstrap-servers refuses Podman: the operator installs it and sets it up, and Kolla takes it as it is",
    `podman_packages podman_registry podman_registry_ca podman_registry_insecure podman_registry_mirror
     podman_runtime_directory podman_storage_driver`,
  ),
  ...judgedAlike(NO_PYTHON, "virtualenv virtualenv_site_packages"),
  docker_systemd_reload: "bootstrap-servers has systemd read its files anew when it wrote one of them",
  docker_registry_email: "Registries have long stopped to ask for it",
  docker_restart_policy_retry: "It counts for on-failure, which docker_restart_policy does not take here",
  docker_client_timeout: "Kolla's agent gives each request to the engine the time that it may need",
  docker_image_prune_timeout: "It is for prune-images, which is not here",
  ...judgedAlike(
    "A download of an image that the network ends is tried three times, with longer and longer pauses",
    "service_images_pull_retries service_images_pull_delay",
  ),
  ...judgedAlike(
    "It matters with docker_configure_for_zun, which is not here",
    "containerd_grpc_gid containerd_root_path cni_bin_dir cni_config_dir docker_zun_config docker_zun_options",
  ),
  ...judgedAlike("Nothing is fetched with git on hosts", "git_http_proxy git_https_proxy"),
  external_api_firewalld_zone: "It matters with enable_external_api_firewalld, which is not here",
  use_common_mariadb_user: "It matters with use_preconfigured_databases, which is not here",
  destroy_include_dev: "it is for a developer's checkout in containers, which is not here",
  kolla_certificates_dir: "Certificates are for TLS, which is not here",
  ...judgedAlike(
    "It is for certificates, which is not here",
    "certificates_generate_libvirt certificates_libvirt_output_dir",
  ),
  service_config_validate_output_dir:
    "it is for validate-config, which is not here: kolla plan reads and merges every file",
  ...judgedAlike("No API runs in Apache", "kolla_httpd_keep_alive kolla_httpd_timeout"),
  kolla_sysctl_conf_path:
    "Kernel parameters are in files of their own in /etc/sysctl.d, which a host reads when it starts",
  kolla_ansible_delegate_facts_hosts:
    "Facts of all hosts are gathered in each run, whatever --limit says; of a host out of reach the last ones stand",
  prechecks_enable_host_ntp_checks: "prechecks asks no host for its clock",
  ...judgedAlike(
    "prechecks takes every distribution that an engine runs on",
    "prechecks_enable_host_os_checks host_os_distributions",
  ),
  run_default_subdirectories: "Each container has the folders below /run that it needs",
  supported_policy_format_list: "policy.yaml and policy.json are read, in this order",
  workaround_ansible_issue_8743: "it works around a defect of Ansible's that is not met here",
};

/** What holds for the variables that every service of Kolla-Ansible has under such a name. */
export interface VariableRule {
  names: RegExp;
  kind: "refused" | "moot";
  reason: string;
}

/** Judgements by rule; one of the site or of a service on the very name comes first. */
export const siteByRule: readonly VariableRule[] = [
  { names: /^(docker|podman)_sdk_/, kind: "moot", reason: NO_PYTHON },
  {
    names: /_dev_mode$/,
    kind: "refused",
    reason: "a developer's checkout in containers; they run what is in their images",
  },
  {
    names: /_(dev_repos_pull|dev_repos_git|dev_repos_directory|git_repository|source_version)$/,
    kind: "moot",
    reason: "it is for a developer's checkout in containers, which is not here",
  },
  {
    names: /(_enable_tls_backend|_tls_backend_cert|_tls_backend_key)$|_tls_proxy_/,
    kind: "refused",
    reason: "TLS between the load balancer and the services",
  },
  {
    names: /_database_enable_tls_internal$/,
    kind: "refused",
    reason: "TLS to the database",
  },
  {
    names: /_database_shard(_id|_root_user)?$/,
    kind: "refused",
    reason: "several database clusters",
  },
  {
    names: /_default_volumes$/,
    kind: "refused",
    reason:
      "other mounts than a container needs; add single ones, or others in their places, with <container>_extra_volumes",
  },
  {
    names: /_max_fail_percentage$/,
    kind: "moot",
    reason: "one limit holds for a whole run: kolla_max_fail_percentage",
  },
  {
    names: /_copy_certs$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from its TLS switches",
  },
  {
    names: /_config_validation$/,
    kind: "moot",
    reason: "it is for validate-config, which is not here: kolla plan reads and merges every file",
  },
  {
    names: /^nova_cell_(rpc|notify)_rabbitmq_users$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from the accounts of cells.",
  },
];
