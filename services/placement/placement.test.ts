import { expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

function placementFile(name: string, variables: Record<string, unknown> = {}, overrides = {}): string {
  const { desired, problems } = compile(services, allInOne(variables, { overrides }), {});
  expect(problems).toEqual([]);
  const found = desired.hosts[0]?.items.find((item) => item.id === `file:/etc/kolla/placement-api/${name}`);
  return found?.kind === "file" ? found.content : "";
}

test("placement.conf has its own database section and checks tokens with the service's account", () => {
  const text = placementFile("placement.conf");
  expect(text).toContain("[placement_database]\nconnection = mysql+pymysql://placement:");
  expect(text).toContain("username = placement\npassword = secret-of-placement_keystone_password\n");
  expect(text).not.toContain("\n[database]\n");
});

test("the operator's files are merged in Kolla-Ansible's order, the host's last", () => {
  const file = (path: string, port: number) => ({
    [path]: {
      text: `[DEFAULT]\nwho = ${path}\n[seen]\n${path.replaceAll(/\W/g, "_")} = ${port}\n`,
      path: `/etc/kolla/config/${path}`,
    },
  });
  const paths = [
    "global.conf",
    "placement.conf",
    "placement/placement-api.conf",
    "placement/aio/placement.conf",
  ];
  const overrides = Object.assign({}, ...paths.map((path, at) => file(path, at)));
  const text = placementFile("placement.conf", {}, overrides);
  expect(text).toContain("who = placement/aio/placement.conf\n");
  for (const path of paths) expect(text).toContain(`${path.replaceAll(/\W/g, "_")} = `);
});
