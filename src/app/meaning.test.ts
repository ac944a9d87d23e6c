import { expect, test } from "vitest";
import { meaningOf, optionsOf } from "./meaning.ts";

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
  const [few, all] = [optionsOf(undefined, false), optionsOf(undefined, true)];
  expect(few.get("keystone")).not.toHaveProperty("keystone_image");
  expect(all.get("keystone")).toHaveProperty("keystone_image");
  expect(few.get("site")).toHaveProperty("kolla_internal_vip_address");
});

test("one owner's options are found with dashes or underscores; a misspelt one is told the nearest", () => {
  expect([...optionsOf("kolla_toolbox", false)]).toEqual([...optionsOf("kolla-toolbox", false)]);
  expect([...optionsOf("site", false).keys()]).toEqual(["site"]);
  expect(() => optionsOf("kolla_toolbx", false)).toThrow(
    expect.objectContaining({ code: "KOLLA_USAGE_SERVICE", hint: "Did you mean kolla-toolbox?" }),
  );
});
