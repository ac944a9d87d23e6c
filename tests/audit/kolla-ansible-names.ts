/** Names in the files that Kolla-Ansible 2025.1 gives its operators to start from. */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** passwords.yml */
export const PASSWORDS = words(`
  aodh_database_password aodh_keystone_password barbican_crypto_key barbican_database_password
  barbican_keystone_password barbican_p11_password bifrost_ssh_key blazar_database_password
  blazar_keystone_password ceilometer_database_password ceilometer_keystone_password ceph_rgw_keystone_password
  cinder_database_password cinder_keystone_password cinder_rbd_secret_uuid cloudkitty_database_password
  cloudkitty_keystone_password cyborg_database_password cyborg_keystone_password database_password
  designate_database_password designate_keystone_password designate_pool_id designate_rndc_key
  docker_registry_password etcd_cluster_token glance_database_password glance_keystone_password
  gnocchi_database_password gnocchi_keystone_password gnocchi_project_id gnocchi_resource_id gnocchi_user_id
  grafana_admin_password grafana_database_password haproxy_password haproxy_ssh_key heat_database_password
  heat_domain_admin_password heat_keystone_password hnas_nfs_password horizon_database_password horizon_secret_key
  infoblox_admin_password ironic_database_password ironic_inspector_database_password
  ironic_inspector_keystone_password ironic_keystone_password keepalived_password keystone_admin_password
  keystone_database_password keystone_federation_openid_crypto_password keystone_ssh_key kolla_ssh_key
  kuryr_keystone_password libvirt_sasl_password magnum_database_password magnum_keystone_password
  manila_database_password manila_keystone_password mariadb_backup_database_password mariadb_monitor_password
  masakari_database_password masakari_keystone_password memcache_secret_key metadata_secret
  mistral_database_password mistral_keystone_password neutron_database_password neutron_keystone_password
  neutron_ssh_key nova_api_database_password nova_database_password nova_keystone_password nova_ssh_key
  nsxv3_api_password octavia_amp_ssh_key octavia_ca_password octavia_client_ca_password octavia_database_password
  octavia_keystone_password octavia_persistence_database_password opensearch_dashboards_password osprofiler_secret
  placement_database_password placement_keystone_password prometheus_alertmanager_password prometheus_bcrypt_salt
  prometheus_grafana_password prometheus_haproxy_password prometheus_mysql_exporter_database_password
  prometheus_password prometheus_skyline_password proxysql_admin_password proxysql_stats_password
  rabbitmq_cluster_cookie rabbitmq_monitoring_password rabbitmq_password rbd_secret_uuid redis_master_password
  skyline_database_password skyline_keystone_password skyline_secret_key tacker_database_password
  tacker_keystone_password telemetry_secret_key trove_database_password trove_keystone_password
  valkey_master_password venus_database_password venus_keystone_password vmware_dvs_host_password
  vmware_nsxp_api_password vmware_nsxp_metadata_proxy_shared_secret vmware_nsxv_password
  vmware_vcenter_host_password watcher_database_password watcher_keystone_password zun_database_password
  zun_keystone_password
`);

/** globals.yml, commented out or not. */
export const GLOBALS = words(`
  acme_client_servers api_address_family api_interface barbican_crypto_plugin barbican_library_path
  bifrost_network_address_family ceph_cinder_backup_pool_name ceph_cinder_backup_user ceph_cinder_pool_name
  ceph_cinder_user ceph_glance_pool_name ceph_glance_user ceph_gnocchi_pool_name ceph_gnocchi_user
  ceph_manila_user ceph_nova_pool_name ceph_nova_user cinder_backend_ceph cinder_backend_vmware_vstorage_object
  cinder_backend_vmwarevc_vmdk cinder_backup_driver cinder_backup_mount_options_nfs cinder_backup_s3_access_key
  cinder_backup_s3_bucket cinder_backup_s3_secret_key cinder_backup_s3_url cinder_backup_share
  cinder_coordination_backend cinder_volume_group cloudkitty_collector_backend cloudkitty_storage_backend
  config_strategy containerd_configure_for_zun containerd_grpc_gid database_enable_tls_backend
  default_container_healthcheck_interval default_container_healthcheck_retries
  default_container_healthcheck_start_period default_container_healthcheck_timeout designate_backend
  designate_coordination_backend designate_ns_record dns_address_family dns_interface docker_client_timeout
  docker_configure_for_zun docker_namespace docker_registry docker_registry_insecure docker_registry_username
  enable_aodh enable_barbican enable_blazar enable_ceilometer enable_ceilometer_ipmi enable_cells
  enable_central_logging enable_ceph_rgw enable_ceph_rgw_loadbalancer enable_cinder enable_cinder_backend_iscsi
  enable_cinder_backend_lightbits enable_cinder_backend_lvm enable_cinder_backend_nfs
  enable_cinder_backend_pure_fc enable_cinder_backend_pure_iscsi enable_cinder_backend_pure_nvme_tcp
  enable_cinder_backend_pure_roce enable_cinder_backend_quobyte enable_cinder_backup enable_cloudkitty
  enable_collectd enable_container_healthchecks enable_cyborg enable_designate enable_destroy_images enable_etcd
  enable_fluentd enable_fluentd_systemd enable_glance enable_glance_image_cache enable_gnocchi
  enable_gnocchi_statsd enable_grafana enable_grafana_external enable_hacluster enable_haproxy enable_heat
  enable_horizon enable_horizon_blazar enable_horizon_cloudkitty enable_horizon_designate enable_horizon_fwaas
  enable_horizon_heat enable_horizon_ironic enable_horizon_magnum enable_horizon_manila enable_horizon_masakari
  enable_horizon_mistral enable_horizon_neutron_vpnaas enable_horizon_octavia enable_horizon_tacker
  enable_horizon_trove enable_horizon_venus enable_horizon_watcher enable_horizon_zun enable_influxdb
  enable_ironic enable_ironic_neutron_agent enable_ironic_prometheus_exporter enable_iscsid enable_keepalived
  enable_keystone enable_kuryr enable_magnum enable_manila enable_manila_backend_cephfs_native
  enable_manila_backend_cephfs_nfs enable_manila_backend_flashblade enable_manila_backend_generic
  enable_manila_backend_glusterfs_nfs enable_manila_backend_hnas enable_mariabackup enable_mariadb enable_masakari
  enable_memcached enable_mistral enable_multipathd enable_neutron enable_neutron_agent_ha
  enable_neutron_bgp_dragent enable_neutron_dvr enable_neutron_fwaas enable_neutron_infoblox_ipam_agent
  enable_neutron_metering enable_neutron_packet_logging enable_neutron_port_forwarding
  enable_neutron_provider_networks enable_neutron_qos enable_neutron_segments enable_neutron_sfc
  enable_neutron_sriov enable_neutron_trunk enable_neutron_vpnaas enable_nova enable_nova_serialconsole_proxy
  enable_nova_ssh enable_octavia enable_octavia_driver_agent enable_octavia_jobboard enable_opensearch
  enable_opensearch_dashboards enable_opensearch_dashboards_external enable_openstack_core enable_openvswitch
  enable_osprofiler enable_ovn enable_ovs_dpdk enable_placement enable_prometheus enable_prometheus_alertmanager
  enable_prometheus_alertmanager_external enable_prometheus_blackbox_exporter enable_prometheus_cadvisor
  enable_prometheus_ceph_mgr_exporter enable_prometheus_elasticsearch_exporter enable_prometheus_etcd_integration
  enable_prometheus_fluentd_integration enable_prometheus_haproxy_exporter enable_prometheus_libvirt_exporter
  enable_prometheus_memcached_exporter enable_prometheus_mysqld_exporter enable_prometheus_node_exporter
  enable_prometheus_openstack_exporter enable_prometheus_server enable_proxysql enable_rabbitmq enable_redis
  enable_skyline enable_tacker enable_telegraf enable_trove enable_trove_singletenant enable_valkey enable_venus
  enable_watcher enable_zun etcd_remove_deleted_members external_ceph_cephx_enabled fernet_token_expiry
  glance_backend_ceph glance_backend_file glance_backend_s3 glance_backend_s3_access_key glance_backend_s3_bucket
  glance_backend_s3_secret_key glance_backend_s3_url glance_backend_vmware
  glance_enable_interoperable_image_import glance_enable_property_protection glance_enable_rolling_upgrade
  gnocchi_backend_storage gnocchi_incoming_storage hacluster_corosync_port haproxy_backend_cacert
  haproxy_backend_cacert_dir hnas_evs_id hnas_evs_ip hnas_file_system_name hnas_ip hnas_password hnas_user
  horizon_backend_database ironic_coordination_backend ironic_dnsmasq_boot_file ironic_dnsmasq_dhcp_ranges
  ironic_dnsmasq_interface ironic_enable_rolling_upgrade ironic_inspector_kernel_cmdline_extras
  keepalived_virtual_router_id keystone_admin_project keystone_admin_user kolla_admin_openrc_cacert
  kolla_ansible_delegate_facts_hosts kolla_ansible_setup_filter kolla_ansible_setup_gather_subset
  kolla_base_distro kolla_certificates_dir kolla_container_engine kolla_copy_ca_into_containers
  kolla_enable_tls_backend kolla_enable_tls_external kolla_enable_tls_internal kolla_external_fqdn
  kolla_external_fqdn_cert kolla_external_vip_address kolla_external_vip_interface kolla_httpd_keep_alive
  kolla_httpd_timeout kolla_internal_fqdn kolla_internal_fqdn_cert kolla_internal_vip_address
  kolla_max_fail_percentage kolla_sysctl_conf_path kolla_tls_backend_cert kolla_tls_backend_key
  kolla_verify_tls_backend letsencrypt_cert_server letsencrypt_cron_renew_schedule letsencrypt_eab_hmac
  letsencrypt_eab_key_id letsencrypt_email letsencrypt_external_account_binding letsencrypt_key_type
  manila_cephfs_filesystem_name manila_flashblade_api manila_flashblade_data_vip manila_flashblade_mgmt_vip
  manila_glusterfs_mount_point_base manila_glusterfs_nfs_server_type manila_glusterfs_servers
  manila_glusterfs_share_layout manila_glusterfs_ssh_password manila_glusterfs_ssh_user manila_glusterfs_target
  manila_glusterfs_volume_pattern mariadb_wsrep_extra_provider_options migration_address_family
  multiple_regions_names network_address_family network_interface neutron_enable_rolling_upgrade
  neutron_external_interface neutron_ipam_driver neutron_ovn_dhcp_agent neutron_ovn_distributed_fip
  neutron_plugin_agent node_custom_config nova_backend_ceph nova_compute_virt_type nova_console
  nova_safety_upgrade num_nova_fake_per_node octavia_amp_boot_network_list octavia_amp_flavor
  octavia_amp_flavor_id octavia_amp_image_owner_id octavia_amp_image_tag octavia_amp_network
  octavia_amp_network_cidr octavia_amp_secgroup_list octavia_amp_security_groups octavia_auto_configure
  octavia_loadbalancer_topology octavia_network_address_family octavia_network_interface om_enable_rabbitmq_tls
  om_rabbitmq_cacert openstack_logging_debug openstack_region_name openstack_release openstack_tag
  openstack_tag_suffix osprofiler_backend prometheus_blackbox_exporter_cmdline_extras
  prometheus_cadvisor_cmdline_extras prometheus_ceph_mgr_exporter_endpoints prometheus_cmdline_extras
  prometheus_elasticsearch_exporter_cmdline_extras prometheus_external_labels
  prometheus_memcached_exporter_cmdline_extras prometheus_mysqld_exporter_cmdline_extras
  prometheus_node_exporter_cmdline_extras prometheus_openstack_exporter_cmdline_extras rabbitmq_cacert
  rabbitmq_enable_tls rabbitmq_server_additional_erl_args s3_access_key s3_bucket s3_secret_key s3_url
  storage_address_family telegraf_enable_docker_input tunnel_address_family tunnel_interface
  update_keystone_service_user_passwords vmware_datastore_name vmware_vcenter_cluster_name vmware_vcenter_host_ip
  vmware_vcenter_host_password vmware_vcenter_host_username vmware_vcenter_name workaround_ansible_issue_8743
`);

/** The inventories: groups by the groups that are their members; those of "" hold hosts. */
export const GROUPS: Readonly<Record<string, string[]>> = {
  "": words(`
    control network compute monitoring storage deployment
  `),
  "control network compute storage monitoring": words(`
    baremetal common
  `),
  "control network": words(`
    tls-backend
  `),
  compute: words(`
    collectd hacluster-remote ceilometer-compute ceilometer-ipmi cyborg-agent zun-compute zun-cni-daemon
    prometheus-libvirt-exporter masakari-instancemonitor ovn-controller-compute
  `),
  monitoring: words(`
    grafana influxdb prometheus venus prometheus-alertmanager prometheus-openstack-exporter
    prometheus-blackbox-exporter
  `),
  control: words(`
    etcd hacluster mariadb rabbitmq keystone glance nova cinder cloudkitty memcached horizon barbican heat ironic
    magnum mistral manila ceilometer aodh cyborg gnocchi tacker trove watcher octavia designate placement zun
    skyline redis blazar valkey opensearch neutron-server masakari-api masakari-engine masakari-hostmonitor
    ovn-database
  `),
  "compute control monitoring network storage": words(`
    telegraf
  `),
  network: words(`
    loadbalancer neutron manila-share designate-mdns ovn-controller-network
  `),
  "network compute manila-share": words(`
    openvswitch
  `),
  deployment: words(`
    bifrost
  `),
  loadbalancer: words(`
    letsencrypt
  `),
  common: words(`
    cron fluentd kolla-logs kolla-toolbox
  `),
  opensearch: words(`
    opensearch-dashboards prometheus-elasticsearch-exporter
  `),
  glance: words(`
    glance-api
  `),
  nova: words(`
    nova-api nova-conductor nova-metadata nova-super-conductor nova-novncproxy nova-scheduler nova-spicehtml5proxy
    nova-compute-ironic nova-serialproxy
  `),
  neutron: words(`
    neutron-dhcp-agent neutron-l3-agent neutron-metadata-agent neutron-bgp-dragent neutron-infoblox-ipam-agent
    neutron-metering-agent ironic-neutron-agent
  `),
  "compute network": words(`
    neutron-ovn-metadata-agent neutron-ovn-agent
  `),
  cinder: words(`
    cinder-api cinder-scheduler
  `),
  storage: words(`
    cinder-backup cinder-volume tgtd
  `),
  cloudkitty: words(`
    cloudkitty-api cloudkitty-processor
  `),
  "compute storage ironic": words(`
    iscsid
  `),
  manila: words(`
    manila-api manila-scheduler manila-data
  `),
  barbican: words(`
    barbican-api barbican-keystone-listener barbican-worker
  `),
  heat: words(`
    heat-api heat-api-cfn heat-engine
  `),
  ironic: words(`
    ironic-api ironic-conductor ironic-inspector ironic-tftp ironic-http
  `),
  magnum: words(`
    magnum-api magnum-conductor
  `),
  mistral: words(`
    mistral-api mistral-executor mistral-engine mistral-event-engine
  `),
  ceilometer: words(`
    ceilometer-central ceilometer-notification
  `),
  aodh: words(`
    aodh-api aodh-evaluator aodh-listener aodh-notifier
  `),
  cyborg: words(`
    cyborg-api cyborg-conductor
  `),
  gnocchi: words(`
    gnocchi-api gnocchi-statsd gnocchi-metricd
  `),
  trove: words(`
    trove-api trove-conductor trove-taskmanager
  `),
  "compute storage": words(`
    multipathd
  `),
  watcher: words(`
    watcher-api watcher-engine watcher-applier
  `),
  octavia: words(`
    octavia-api octavia-driver-agent octavia-health-manager octavia-housekeeping octavia-worker
  `),
  designate: words(`
    designate-api designate-central designate-producer designate-worker designate-sink designate-backend-bind9
  `),
  placement: words(`
    placement-api
  `),
  zun: words(`
    zun-api zun-wsproxy
  `),
  skyline: words(`
    skyline-apiserver skyline-console
  `),
  tacker: words(`
    tacker-server tacker-conductor
  `),
  blazar: words(`
    blazar-api blazar-manager
  `),
  "monitoring control compute network storage": words(`
    prometheus-node-exporter prometheus-cadvisor
  `),
  mariadb: words(`
    prometheus-mysqld-exporter
  `),
  memcached: words(`
    prometheus-memcached-exporter
  `),
  "ovn-controller-compute ovn-controller-network": words(`
    ovn-controller
  `),
  "ovn-database": words(`
    ovn-northd ovn-nb-db ovn-sb-db ovn-sb-db-relay
  `),
  venus: words(`
    venus-api venus-manager
  `),
  letsencrypt: words(`
    letsencrypt-webserver letsencrypt-lego
  `),
};
