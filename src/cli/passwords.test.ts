import { createPrivateKey, createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { secret, sshKey, text } from "#model";
import { fillPasswords } from "./passwords.ts";

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
