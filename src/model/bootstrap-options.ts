import { any, count, flag, list, map, path, proxy, seconds, text, word } from "./option.ts";

/** What bootstrap-servers makes of a host. Names and defaults are Kolla-Ansible's unless the text says otherwise. */
export const bootstrapOptions = {
  customize_etc_hosts: flag(true, "bootstrap-servers names all hosts of the site in /etc/hosts."),
  disable_firewall: flag(true, "bootstrap-servers turns ufw and firewalld off where they are."),
  apparmor_remove_libvirt_profile: flag(
    "{{ enable_nova_libvirt_container | default(true) }}",
    "bootstrap-servers takes the host's own AppArmor profile of libvirtd away, where there is one: it would hold the container's libvirtd too.",
  ),
  apt_cache_valid_time: seconds(3600, "Age up to which bootstrap-servers takes a host's list of packages."),
  ubuntu_pkg_install: list(
    [],
    "Packages that bootstrap-servers installs on each host. Kolla-Ansible's default has git, iputils-ping and tzdata; a cloud of ours needs none.",
  ),
  ubuntu_pkg_removals: list(
    [],
    "Packages that bootstrap-servers removes from each host. Kolla-Ansible's default has lxd, lxc and open-iscsi; none is in the way of a cloud of ours.",
  ),

  create_kolla_user: flag(
    false,
    "bootstrap-servers makes an account of which /etc/kolla is, which may use the engine, and which the key kolla_ssh_key signs in to.",
  ),
  kolla_user: word("kolla", "Name of that account."),
  kolla_group: word("kolla", "Its group."),
  create_kolla_user_sudoers: flag(true, "The account may do everything with sudo, without a password."),

  docker_http_proxy: proxy("", "HTTP proxy through which the engine reaches registries."),
  docker_https_proxy: proxy("", "HTTPS proxy for that."),
  docker_no_proxy: text("", "What the engine reaches without a proxy."),
  docker_registry_mirrors: list([], "Mirrors that the engine asks before Docker Hub, as URLs."),
  docker_registry_ca: path(
    "",
    "File on the control host with the authority that signed the registry's certificate; bootstrap-servers gives it to the engine.",
  ),
  docker_debug: flag(false, "The engine logs what it does."),
  docker_ulimit_nofile: flag(
    false,
    "The engine limits open files of all containers. Kolla-Ansible's default is yes on Red Hat's release 9.",
  ),
  docker_ulimit_nofile_soft: count(1048576, "That limit, which a process may raise."),
  docker_ulimit_nofile_hard: count(1048576, "How far it may."),
  default_docker_config: map(
    "{{ {'log-opts': {'max-file': docker_log_max_file | string, 'max-size': docker_log_max_size}} }}",
    "Settings in the engine's daemon.json before the options for it are counted in.",
  ),
  docker_custom_config: map({}, "More settings for the engine's daemon.json, over Kolla's own."),
  kolla_bootstrap_engine_restart: flag(
    false,
    "bootstrap-servers may restart an engine that runs with other settings.",
  ),

  kolla_ansible_setup_gather_subset: any(
    ["all", "!facter", "!ohai"],
    "Facts that Ansible gathers of hosts, as its module setup takes them. Kolla-Ansible's default has what facter and ohai tell, too.",
  ),
  kolla_ansible_setup_filter: any([], "Names of the facts that are kept; empty: all."),
} as const;
