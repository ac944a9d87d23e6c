import { expect, test } from "vitest";
import { formatError } from "#support";
import { ansibleError, isBrokenBefore } from "./words.ts";

const said = (text: string) => formatError(ansibleError(text.split("\n"), 1));

test("a wrong vault password is told with the file, as ansible-core 2.14 words it", () => {
  expect(
    said(`[WARNING]:  * Failed to parse /inv/hosts with yaml plugin:
Decryption failed (no vault secrets were found that could decrypt) on
/etc/kolla/passwords.yml
[WARNING]:  * Failed to parse /inv/hosts with ini plugin:
Decryption failed (no vault secrets were found that could decrypt) on
/etc/kolla/passwords.yml
ERROR! Completely failed to parse inventory source /inv/hosts`),
  ).toBe(
    "/etc/kolla/passwords.yml: Ansible says: Decryption failed (no vault secrets were found that could decrypt) on " +
      "/etc/kolla/passwords.yml (KOLLA_ANSIBLE_FAILED)\n" +
      "  Give the right password with --vault-password-file, --vault-id or --ask-vault-password.",
  );
});

test("a wrong vault password is told with the file, as ansible-core 2.19 words it", () => {
  expect(
    said(`[WARNING]: Failed to parse inventory with 'ini' plugin: Decryption failed (no vault secrets).

Failed to parse inventory with 'ini' plugin.

<<< caused by >>>

Decryption failed (no vault secrets).
Origin: /etc/kolla/passwords.yml

[ERROR]: Completely failed to parse inventory source /inv/hosts`),
  ).toBe(
    "/etc/kolla/passwords.yml: Ansible says: Decryption failed (no vault secrets). (KOLLA_ANSIBLE_FAILED)\n" +
      "  Give the right password with --vault-password-file, --vault-id or --ask-vault-password.",
  );
});

test("of a broken YAML inventory the YAML reader's reason is told, with its line", () => {
  const text = `[WARNING]:  * Failed to parse /inv/hosts.yml with yaml plugin: Syntax Error
while loading YAML.   did not find expected ',' or ']'  The error appears to be in
'/inv/hosts.yml': line 2, column 1, but may be elsewhere
[WARNING]:  * Failed to parse /inv/hosts.yml with ini plugin: not enough
values to unpack (expected 3, got 2)
ERROR! Completely failed to parse inventory source /inv/hosts.yml`;
  expect(said(text)).toMatch(/^\/inv\/hosts\.yml:2:1: Ansible says: Syntax Error while loading YAML\./);
  expect(said(text)).toContain("`ansible-inventory -i /inv/hosts.yml --list` shows how it is read.");
});

test("an error of another kind is told from its first line on, without the warnings before it", () => {
  expect(said("[WARNING]: noise\n[ERROR]: no such playbook\nOrigin: /p.yml:3:5\n")).toBe(
    "/p.yml:3:5: Ansible says: [ERROR]: no such playbook (KOLLA_ANSIBLE_FAILED)\n" +
      "  Run it again with -vvv to see more of what Ansible does.",
  );
});

test("silence is told as silence", () => {
  expect(said("")).toMatch(/^Ansible ended with exit code 1 and said nothing/);
});

test("a line is broken where the next word had no room, dashes included", () => {
  const path = "/site/etc/globals.yml, line 2, column 1, found a duplicate dict key";
  expect(isBrokenBefore("[WARNING]: While constructing a mapping from", path)).toBe(false);
  expect(isBrokenBefore("[WARNING]: While constructing a mapping from", `/a/long/${"x".repeat(40)}/y`)).toBe(
    true,
  );
  expect(
    isBrokenBefore(
      "[WARNING]: While constructing a mapping from /home/an-operator/kolla-",
      "site/etc/globals.yml, line",
    ),
  ).toBe(true);
  expect(isBrokenBefore("x".repeat(75), "[WARNING]: another")).toBe(false);
  expect(isBrokenBefore("", "a new paragraph")).toBe(false);
});

test("an inventory that cannot be read is the place, with the line where Ansible tells one", () => {
  const failed = (reason: string): string[] => [
    `[WARNING]:  * Failed to parse /inv/hosts with ini plugin: ${reason}`,
    "ERROR! Completely failed to parse inventory source /inv/hosts",
  ];
  const undefinedGroup = "/inv/hosts:30: Section [a:children] includes undefined group: b";
  expect(ansibleError(failed(undefinedGroup), 1).where).toEqual({ file: "/inv/hosts", line: 30 });
  expect(ansibleError(failed("can't add group to itself"), 1).where).toEqual({ file: "/inv/hosts" });
});

test("a file with the vault's password that is of no use is told as the place", () => {
  const told = "ERROR! Invalid vault password was provided from file (/site/vault-password)";
  expect(ansibleError([told], 1).where).toEqual({ file: "/site/vault-password" });
});
