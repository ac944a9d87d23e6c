import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { formatError } from "#support";
import { resolveSite } from "../../src/ansible/index.ts";
import {
  ansibleIsHere,
  encrypt,
  messageOf,
  operatorWorld,
  removeWorlds,
  settingsFor,
} from "./operator-world.ts";

const hasAnsible = ansibleIsHere();
const SLOW = 120_000;
const ONE_HOST = "[control]\nlocalhost ansible_connection=local\n";

afterAll(removeWorlds);

describe.skipIf(!hasAnsible)("override files elsewhere", () => {
  const FILES = {
    "vault-password": "open sesame\n",
    "inventory/hosts": ONE_HOST,
    "own/nova.conf": "[DEFAULT]\n",
    "own/deep/secret.conf": "hidden\n",
    "etc/config/nova.conf": "[usual]\n",
    "etc/globals.yml": 'node_custom_config: "{{ node_config }}/../own"\nmine: "{{ other }}"\nother: 1\n',
  };

  test(
    "are read where node_custom_config points, and decrypted",
    async () => {
      const directory = operatorWorld(FILES);
      encrypt(directory, "own/deep/secret.conf");
      const vault = { ids: [], passwordFiles: [join(directory, "vault-password")] };
      const { site } = await resolveSite(settingsFor(directory, { vault }), () => undefined);
      const texts = Object.entries(site.overrides).map(([name, { text }]) => [name, text]);
      expect(Object.fromEntries(texts)).toEqual({
        "nova.conf": "[DEFAULT]\n",
        "deep/secret.conf": "hidden\n",
      });
      expect(site.references).toEqual(expect.arrayContaining(["node_config", "other"]));
    },
    SLOW,
  );

  test(
    "that no password opens are told by their names",
    async () => {
      const directory = operatorWorld(FILES);
      encrypt(directory, "own/deep/secret.conf");
      const message = await messageOf(resolveSite(settingsFor(directory), () => undefined));
      expect(message).toMatch(/own\/deep\/secret\.conf: cannot be decrypted: .+\(KOLLA_CONFIG_VAULT\)/);
    },
    SLOW,
  );

  test(
    "in a directory that is not there are a warning",
    async () => {
      const directory = operatorWorld({
        ...FILES,
        "etc/globals.yml": "node_custom_config: /kolla/nowhere\n",
      });
      const { problems, site } = await resolveSite(settingsFor(directory), () => undefined);
      expect(site.overrides).toEqual({});
      expect(problems.map(formatError).join("\n")).toContain(
        "etc/globals.yml:1: node_custom_config is /kolla/nowhere",
      );
    },
    SLOW,
  );
});
