import { describe, expect, test } from "vitest";
import type { ContainerItem, FileItem } from "#model";
import { formatError } from "#support";
import { compiled, fileOf, GIVEN, item, shop, store } from "../../tests/golden/shop.ts";
import { host, site } from "../../tests/golden/sites.ts";
import { compile } from "./index.ts";

describe("files", () => {
  test("config.json starts the command, copies the files and gives the account its logs", () => {
    expect(JSON.parse(fileOf(compiled(), "/etc/kolla/shop-api/config.json"))).toMatchInlineSnapshot(`
      {
        "command": "shopd --now",
        "config_files": [
          {
            "dest": "/etc/shop/shop.conf",
            "owner": "shop",
            "perm": "0600",
            "source": "/var/lib/kolla/config_files/shop.conf",
          },
        ],
        "directories": [
          {
            "owner": "shop:kolla",
            "path": "/var/log/kolla/shop",
            "perm": "0755",
          },
        ],
        "permissions": [
          {
            "owner": "shop:kolla",
            "path": "/var/log/kolla/shop",
            "recurse": true,
          },
        ],
      }
    `);
  });

  test("a container is bound to the content of its files", () => {
    const files = (variables: Record<string, unknown>): ContainerItem["files"] =>
      item<"container">(compiled(variables), "container:shop_api").files;
    const before = files({});
    const after = files({ kolla_external_vip_address: "192.0.2.9" });
    const changed = Object.keys(before).filter((path) => before[path] !== after[path]);
    expect(changed).toEqual(["/etc/kolla/shop-api/shop.conf"]);
  });

  test("overrides are rendered with the operator's variables and merged in order", () => {
    const at = (text: string): { text: string; path: string } => ({
      text,
      path: `/etc/kolla/config/${text}`,
    });
    const overrides = {
      "global.conf": at("[DEFAULT]\ncolour = {{ my_colour }}\nsize = 1\n"),
      "shop.conf": at("[DEFAULT]\nsize = 2\n[more]\nport = {{ shop_mode | upper }}\n"),
      "shop/aio/shop.conf": at("[DEFAULT]\nsize = 3\nwhere = {{ inventory_hostname }}\n"),
    };
    expect(
      fileOf(compiled({ my_colour: "red" }, { overrides }), "/etc/kolla/shop-api/shop.conf"),
    ).toMatchInlineSnapshot(`
      "[DEFAULT]
      url = http://10.0.0.250:8001/v1
      host = aio
      colour = red
      size = 3
      where = aio

      [more]
      port = ALL

      "
    `);
  });

  test("what has no value prints as nothing, as Ansible prints it", () => {
    const overrides = {
      "shop.conf": { text: "[DEFAULT]\nsize = a{{ my.size }}b\n", path: "/etc/kolla/config/shop.conf" },
    };
    const text = fileOf(compiled({ my: { size: null } }, { overrides }), "/etc/kolla/shop-api/shop.conf");
    expect(text).toContain("\nsize = ab\n");
  });

  test("a mistake in an override names its file and line", () => {
    const overrides = {
      "shop.conf": { text: "[DEFAULT]\na = {{ nobody }}\n", path: "/etc/kolla/config/shop.conf" },
    };
    const { problems } = compile([shop, store], site([host("aio", "10.0.0.10", GIVEN)], { overrides }), {});
    expect(problems.map(formatError).join("\n")).toMatchInlineSnapshot(
      `
      "/etc/kolla/config/shop.conf:2: 'nobody' is undefined, in a = {{ nobody }} (KOLLA_TEMPLATE_UNDEFINED)
        Set it in globals.yml, or give it a default: {{ nobody | default('') }}."
    `,
    );
  });

  test("the operator's policy reaches every container that has the service's configuration", () => {
    const overrides = { "shop/policy.yaml": { text: '"buy": "@"\n', path: "p" } };
    const desired = compiled({}, { overrides });
    const policies = desired.items.filter((each): each is FileItem => each.id.endsWith("/policy.yaml"));
    expect(policies.map(({ path }) => path)).toEqual(["/etc/kolla/shop-api/policy.yaml"]);
  });
});
