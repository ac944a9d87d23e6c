import { expect, test } from "vitest";
import { meaningOf, ownedOptions } from "./meaning.ts";

test("an option is explained with its owner, its words and its default", () => {
  expect(meaningOf("keystone_public_port")).toEqual([
    "keystone_public_port: an option of keystone",
    "Port of Keystone on the external VIP.",
    '(port 1…65535), default: "{{ keystone_public_listen_port }}"',
  ]);
});

test("a secret's default is never shown, nor that it has none", () => {
  expect(meaningOf("keystone_admin_password").at(-1)).toBe("(secret), set in passwords.yml");
});

test("a secret that is another one unless it is set says which", () => {
  expect(meaningOf("om_notify_password").at(-1)).toBe('(secret), default: "{{ rabbitmq_password }}"');
});

test.each([
  ["enable_cinder", /cinder, which is not here: on is refused/],
  ["rabbitmq_enable_tls", /Not supported here yet: TLS/],
  ["rabbitmq_server_count", /no effect here: it follows from the inventory/],
  ["keystone_services", /computes it from others/],
])("a variable of Kolla-Ansible's that is not honoured says why: %s", (name, words) => {
  expect(meaningOf(name).join(" ")).toMatch(words);
});

test("a misspelt name is told the nearest real one", () => {
  expect(() => meaningOf("keystone_publik_port")).toThrow(
    expect.objectContaining({ code: "KOLLA_USAGE_VARIABLE", hint: "Did you mean keystone_public_port?" }),
  );
});

test("every service has its options listed, with those by rule only when they are asked for", () => {
  const [few, all] = [ownedOptions(false), ownedOptions(true)];
  expect(few.get("keystone")).not.toHaveProperty("keystone_image");
  expect(all.get("keystone")).toHaveProperty("keystone_image");
  expect(few.get("site")).toHaveProperty("kolla_internal_vip_address");
});
