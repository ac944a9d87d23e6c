import { createPrivateKey, createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { secret, sshKey, text } from "#model";
import { fillPasswords, mergePasswords } from "./passwords.ts";

const options = {
  database_password: secret("Password of the database."),
  rbd_secret_uuid: secret("Identity of a secret.", "uuid"),
  docker_registry_password: secret("Password at the registry.", "operator"),
  barbican_crypto_key: secret("A fernet key.", "fernet-key"),
  kolla_base_distro: text("debian", "Not a secret."),
};

test("an empty secret is filled, one that is set stays, and so do comments", () => {
  const { text: after, filled } = fillPasswords(
    "# mine\ndatabase_password: keep\nrbd_secret_uuid:\n",
    options,
    "p.yml",
  );
  expect(after).toContain("# mine\ndatabase_password: keep\n");
  expect(after).toMatch(/rbd_secret_uuid: [0-9a-f-]{36}\n/);
  expect(filled).toEqual(["barbican_crypto_key", "rbd_secret_uuid"]);
});

test("filling a second time changes nothing", () => {
  const once = fillPasswords("", options, "p.yml").text;
  expect(fillPasswords(once, options, "p.yml")).toEqual({ text: once, filled: [] });
});

test("each kind of secret has the form that its reader expects", () => {
  const { text: made } = fillPasswords("", options, "p.yml");
  expect(made).toMatch(/^database_password: [A-Za-z0-9]{40}$/m);
  expect(made).toMatch(/^barbican_crypto_key: [A-Za-z0-9_-]{43}=$/m);
  expect(made).toMatch(/^docker_registry_password: null$/m);
});

test("a file of Kolla-Ansible's is filled whole, in its order and with its comments where they were", () => {
  const before = [
    "---",
    "# Identities",
    "rbd_secret_uuid: # for nova",
    "",
    "# Of services that are not here",
    "designate_rndc_key: ''",
    "heat_database_password: ~",
    "prometheus_bcrypt_salt:",
    "",
    "# A pair",
    "octavia_amp_ssh_key:",
    "  private_key: # secret",
    "  public_key:",
    "# The end",
    "docker_registry_password:",
    "database_password:",
    "",
  ];
  const { text: after, filled } = fillPasswords(before.join("\n"), {}, "p.yml");
  const shape = after
    .replace(/-----BEGIN[\s\S]*END PRIVATE KEY-----/, "PEM")
    .replace(/ssh-rsa \S+/, "ssh-rsa …")
    .replace(/: [\w-]{20,}/g, ": …");
  expect(shape).toMatchInlineSnapshot(`
    "---
    # Identities
    rbd_secret_uuid: … # for nova

    # Of services that are not here
    designate_rndc_key: …
    heat_database_password: …
    prometheus_bcrypt_salt: …

    # A pair
    octavia_amp_ssh_key:
      private_key: | # secret
        PEM
      public_key: ssh-rsa …
    # The end
    docker_registry_password:
    database_password: …
    "
  `);
  expect(filled).not.toContain("docker_registry_password");
  expect(after).toMatch(/^rbd_secret_uuid: [0-9a-f]{8}-[0-9a-f-]{27} # for nova$/m);
  expect(after).toMatch(/^designate_rndc_key: [0-9a-f]{32}$/m);
  expect(after).toMatch(/^prometheus_bcrypt_salt: [A-Za-z0-9]{22}$/m);
});

test("merging keeps the new file's text, takes the old values, and leaves out old keys only when asked to", () => {
  const old = {
    path: "old",
    text: "a: 1\ngone: x\nkey_ssh_key:\n  private_key: |\n    p\n  public_key: q\nunset:\n",
  };
  const fresh = {
    path: "new",
    text: "# new\nunset: 2\na: # one\nkey_ssh_key:\n  private_key:\n  public_key:\n",
  };
  expect(mergePasswords(old, fresh, true).text).toMatchInlineSnapshot(`
    "# new
    unset: 2
    a: 1 # one
    key_ssh_key:
      private_key: |
        p
      public_key: q
    "
  `);
  expect(mergePasswords(old, fresh, false).text).toMatch(/\ngone: x\n$/);
});

test("Valkey takes Redis' password over, as it takes its place", () => {
  const old = { path: "old", text: "redis_master_password: r\n" };
  const fresh = { path: "new", text: "valkey_master_password:\n" };
  expect(mergePasswords(old, fresh, true).text).toBe("valkey_master_password: r\n");
});

test("an SSH key's public half is the one of its private half", () => {
  const { text: made } = fillPasswords("", { kolla_ssh_key: sshKey("Key between hosts.") }, "p.yml");
  const pem =
    /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(made)?.[0].replace(/^ +/gm, "") ?? "";
  const { n } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
  const blob = Buffer.from(/ssh-rsa (\S+)/.exec(made)?.[1] ?? "", "base64");
  expect(blob.subarray(-512).toString("base64url")).toBe(n);
}, 30_000);

test("a vault is refused with the way to go on", () => {
  expect(() => fillPasswords("$ANSIBLE_VAULT;1.1;AES256\n3035\n", options, "p.yml")).toThrow(
    /encrypted with Ansible Vault/,
  );
});
