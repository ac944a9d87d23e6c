import { count, flag, image, port, seconds, secret, sshKey, tag, word } from "#model";
import { internalUrl, publicUrl, sparePort, topicOptions } from "#openstack";

/** Keystone's options, under Kolla-Ansible's names. Its internal port, administrator and domains are the site's. */
export const options = {
  keystone_public_port: port("{{ keystone_public_listen_port }}", "Port of Keystone on the external VIP."),
  keystone_public_listen_port: port(
    5000,
    "Port of Keystone on each host, for requests from in- and outside.",
  ),
  keystone_public_spare_port: sparePort("keystone_public_listen_port", "Keystone"),
  keystone_internal_url: internalUrl(
    { name: "keystone_internal_fqdn", port: "keystone_internal_port" },
    "Address of Keystone inside, without a version: for services, and in the catalogue.",
  ),
  keystone_public_url: publicUrl(
    { name: "keystone_external_fqdn", port: "keystone_public_port" },
    "Address of Keystone from outside, without a version: for users, and in the catalogue.",
  ),
  keystone_ssh_port: port(8023, "Port of the SSH server that Fernet keys travel through between hosts."),
  keystone_api_workers: count("{{ openstack_service_workers }}", "Processes of Keystone on each host.", {
    min: 1,
  }),
  keystone_service_tag: tag("{{ keystone_tag }}", "Tag of the image of the container keystone alone."),
  keystone_image_full: image(
    "{{ keystone_image }}:{{ keystone_service_tag }}",
    "Image of the container keystone, with its tag.",
  ),
  keystone_default_notifications_topic_enabled: flag(
    false,
    "Keystone tells under the topic keystone_default_notifications_topic_name what happens in it.",
  ),
  keystone_default_notifications_topic_name: word("notifications", "That topic."),
  ...topicOptions(
    "keystone",
    "{{ [{'name': keystone_default_notifications_topic_name, 'enabled': keystone_default_notifications_topic_enabled}] }}",
  ),
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
