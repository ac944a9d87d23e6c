import { count, port, seconds, secret, sshKey, word } from "#model";

/** Keystone's options, under Kolla-Ansible's names. Its internal port, administrator and domains are the site's. */
export const options = {
  keystone_public_port: port("{{ keystone_internal_port }}", "Port of Keystone on the external VIP."),
  keystone_listen_port: port("{{ keystone_internal_port }}", "Port of Keystone on each host."),
  keystone_ssh_port: port(8023, "Port of the SSH server that Fernet keys travel through between hosts."),
  keystone_api_workers: count("{{ openstack_service_workers }}", "Processes of Keystone on each host.", {
    min: 1,
  }),
  keystone_database_name: word("keystone", "Schema of Keystone."),
  keystone_database_user: word("keystone", "Account of Keystone at the database."),
  keystone_database_password: secret("Password of that account."),
  keystone_ssh_key: sshKey("Key pair that Fernet keys travel with."),
  fernet_token_expiry: seconds(86_400, "Life of a token.", { min: 60 }),
  fernet_token_allow_expired_window: seconds(
    172_800,
    "How long after its end a token still serves work that began with it.",
  ),
  fernet_key_rotation_interval: seconds(
    "{{ fernet_token_expiry + fernet_token_allow_expired_window }}",
    "Time between two rotations of the keys. A shorter one keeps more keys active. Rotation is looked at every hour.",
    { min: 3600 },
  ),
} as const;
