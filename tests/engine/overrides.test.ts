import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lookupKey } from "#model";
import { formatError } from "#support";
import { askLookups, resolveSite } from "../../src/ansible/index.ts";
import {
  ansibleIsHere,
  encrypt,
  messageOf,
  NO_QUESTIONS,
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
      const { site } = await resolveSite(settingsFor(directory, { vault }), NO_QUESTIONS, () => undefined);
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
      const message = await messageOf(resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined));
      expect(message).toMatch(/own\/deep\/secret\.conf: cannot be decrypted: .+\(KOLLA_CONFIG_VAULT\)/);
    },
    SLOW,
  );

  test(
    "in a directory that is not there are a warning",
    async () => {
      const directory = operatorWorld({
        ...FILES,
        "etc/globals.yml": "node_custom_config: /kolla/first\nnode_custom_config: /kolla/nowhere\n",
      });
      const { problems, site } = await resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined);
      expect(site.overrides).toEqual({});
      expect(problems.map(formatError).join("\n")).toContain(
        "etc/globals.yml:2: node_custom_config is /kolla/nowhere",
      );
      expect(problems.map(formatError).join("\n")).toContain(
        "etc/globals.yml:2: node_custom_config is set at line 1 too, without effect",
      );
    },
    SLOW,
  );
});

test.skipIf(!hasAnsible)(
  "lookups of override files are answered by Ansible's plugins with the variables of their host",
  async () => {
    const directory = operatorWorld({
      "inventory/hosts": "[control]\nnear colour=red\nfar colour=blue ansible_host=192.0.2.1\n",
      "etc/globals.yml": 'mine: "{{ colour }}ish"\n',
      "words.txt": "one\ntwo\n",
    });
    const ask = (host: string, args: unknown[], kwargs: Record<string, unknown> = {}) => ({
      host,
      args,
      kwargs,
    });
    const questions = [
      ask("near", ["vars", "mine"]),
      ask("far", ["vars", "mine"]),
      ask("near", ["file", join(directory, "words.txt")]),
      ask("near", ["lines", `cat ${join(directory, "words.txt")}`], { wantlist: true }),
      ask("near", ["env", "KOLLA_NOWHERE"], { default: "{{ mine }}" }),
      ask("near", ["dict", { a: 1 }], { wantlist: true }),
      ask("near", ["file", "/kolla/nowhere"]),
      ask("near", ["no_such_plugin", "x"]),
    ];
    const answers = await askLookups(settingsFor(directory), questions);
    const found = questions.map((question) => answers[lookupKey(question)]);
    expect(found.slice(0, 6)).toEqual([
      { value: "redish" },
      { value: "blueish" },
      { value: "one\ntwo" },
      { value: ["one", "two"] },
      { value: "{{ mine }}" },
      { value: [{ key: "a", value: 1 }] },
    ]);
    expect(found[6]).toEqual({ problem: expect.stringContaining("/kolla/nowhere") });
    expect(found[7]).toEqual({ problem: expect.stringContaining("no_such_plugin") });
  },
  SLOW,
);
