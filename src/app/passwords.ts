import { isOwnSecret, type Option, type Options, type SecretKind } from "#model";
import { YamlText } from "../config/index.ts";
import { MAKERS } from "./secrets.ts";

/** Kolla-Ansible's secrets that are no random text; a file may hold them though no service here reads them. */
const KINDS: Readonly<Record<string, SecretKind>> = {
  barbican_crypto_key: "fernet-key",
  cinder_rbd_secret_uuid: "uuid",
  designate_pool_id: "uuid",
  designate_rndc_key: "hmac-md5",
  docker_registry_password: "operator",
  gnocchi_project_id: "uuid",
  gnocchi_resource_id: "uuid",
  gnocchi_user_id: "uuid",
  osprofiler_secret: "hmac-md5",
  prometheus_bcrypt_salt: "bcrypt-salt",
  rbd_secret_uuid: "uuid",
};

/**
 * Fills the empty secrets of a passwords.yml, those of services that are not here too, and adds those it lacks; what is
 * set, comments and the order stay. Returns the new text and the names that were filled.
 * Throws KOLLA_CONFIG_VAULT and KOLLA_CONFIG_SYNTAX.
 */
export function fillPasswords(
  text: string,
  options: Options,
  path: string,
): { text: string; filled: string[] } {
  const file = new YamlText(text, path);
  const wanted = secretsOf(options).map(([name]) => name);
  const filled: string[] = [];
  for (const name of new Set([...file.keys, ...wanted])) {
    const present = file.get(name);
    if (!isEmpty(present)) continue;
    const made = MAKERS[kindOf(name, options)]();
    if (made !== null) filled.push(name);
    if (made !== null || present === undefined) file.set(name, made);
  }
  return { text: file.text, filled: filled.sort() };
}

/**
 * Values of an old passwords.yml in a new one, as kolla-mergepwd does: what the old one has set wins, and keys that only
 * it has come along, unless `clean`. Comments and order are the new file's. Throws as fillPasswords does.
 */
export function mergePasswords(
  oldFile: { text: string; path: string },
  newFile: { text: string; path: string },
  clean: boolean,
): { text: string; taken: string[] } {
  const before = new YamlText(oldFile.text, oldFile.path);
  const after = new YamlText(newFile.text, newFile.path);
  const known = new Set(after.keys);
  const taken = before.keys.filter((name) => !isEmpty(before.get(name)) && (known.has(name) || !clean));
  for (const name of taken) after.set(name, before.get(name));
  const redis = before.get("redis_master_password");
  const valkey = "valkey_master_password";
  if (known.has(valkey) && isEmpty(before.get(valkey)) && !isEmpty(redis)) after.set(valkey, redis);
  return { text: after.text, taken };
}

/** The options that live in passwords.yml, in order of name: secrets that are not those of others by default. */
export function secretsOf(options: Options): [string, Option][] {
  return Object.entries(options)
    .filter(([, option]) => isOwnSecret(option))
    .sort(([a], [b]) => a.localeCompare(b));
}

function kindOf(name: string, options: Options): SecretKind {
  return options[name]?.secret ?? KINDS[name] ?? (name.endsWith("_ssh_key") ? "ssh-key" : "random");
}

/** A pair of keys is empty when both its halves are. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}
