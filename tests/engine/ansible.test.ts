import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatError } from "#support";
import { type Resolution, resolveSite } from "../../src/ansible/index.ts";
import {
  ansibleIsHere,
  encrypt,
  encryptedValue,
  messageOf,
  NO_QUESTIONS,
  operatorWorld,
  removeWorlds,
  settingsFor,
} from "./operator-world.ts";

const hasAnsible = ansibleIsHere();
const NO_IMAGE = "kolla-carrier-test/none:1";
const SLOW = 120_000;

afterAll(removeWorlds);

const ONE_HOST = "[control]\nlocalhost ansible_connection=local\n";

test.skipIf(!hasAnsible)(
  "facts are gathered as the operator says, all or some",
  { timeout: SLOW },
  async () => {
    const seen = async (lines: string): Promise<unknown> => {
      const directory = operatorWorld({
        "inventory/hosts": ONE_HOST,
        "etc/globals.yml": `kinds: "{{ [ansible_facts.virtualization_role is defined, ansible_facts.pkg_mgr is defined, ansible_facts.interfaces is defined] }}"\n${lines}`,
      });
      const { site } = await resolveSite(
        settingsFor(directory, { agentImage: NO_IMAGE }),
        NO_QUESTIONS,
        () => undefined,
      );
      return site.hosts[0]?.variables.kinds;
    };
    expect(await seen("")).toEqual([true, true, true]);
    expect(await seen('kolla_ansible_setup_gather_subset: "all,!virtual"\n')).toEqual([false, true, true]);
    expect(await seen('kolla_ansible_setup_filter: "ansible_[!pv]*"\n')).toEqual([false, false, true]);
  },
);

describe.skipIf(!hasAnsible)("what Ansible makes of an operator's files", () => {
  let directory = "";
  let resolution: Resolution;

  beforeAll(async () => {
    directory = operatorWorld({
      "vault-password": "open sesame\n",
      "inventory/hosts": `${ONE_HOST}far ansible_host=127.0.0.1 ansible_port=1 ansible_ssh_common_args='-o BatchMode=yes'\n[compute]\nlocalhost\n[all:vars]\nfrom_inventory=a\n`,
      "inventory/group_vars/all.yml": "nova_console: spicehtml5\nfrom_group: '{{ from_inventory }}b'\n",
      "inventory/host_vars/localhost.yml": "network_interface: lo\n",
      "etc/globals.yml": [
        'kolla_internal_vip_address: "{{ api_interface_address }}"',
        "my_url: \"{{ kolla_internal_fqdn | kolla_url('https', 443, '/v3') }}\"",
        'my_directory: "{{ node_config }}"',
        "my_lookup: \"{{ lookup('pipe', 'echo looked') }}\"",
        'my_mistake: "{{ there_is_no_such_variable }}"',
        "my_raw: !unsafe '{{ untouched }}'",
        "in_globals_d: globals",
        "on_the_command_line: globals",
        "kolla_external_fqdn: ''",
      ].join("\n"),
      "etc/globals.d/10-more.yml": "in_globals_d: globals.d\n",
      "etc/passwords.yml": "database_password: the directory's own\n",
      "other-passwords.yml": "database_password: hush\n",
      "etc/config/nova.conf": "[DEFAULT]\ndebug = true\n",
      "etc/config/secret.conf": "[DEFAULT]\nkey = value\n",
    });
    encrypt(directory, "other-passwords.yml", "etc/config/secret.conf");
    const more = encryptedValue(directory, "single_secret", "s3cret");
    writeFileSync(join(directory, "etc/globals.d/20-vault.yml"), more);
    resolution = await resolveSite(
      settingsFor(directory, {
        passwords: join(directory, "other-passwords.yml"),
        extraVars: ["on_the_command_line=-e"],
        vault: { ids: [], passwordFiles: [join(directory, "vault-password")] },
        agentImage: NO_IMAGE,
        limit: "localhost",
      }),
      NO_QUESTIONS,
      () => undefined,
    );
  }, SLOW);

  const variable = (name: string, host = "localhost") =>
    resolution.site.hosts.find((each) => each.name === host)?.variables[name];

  test("the operator's Jinja2 sees facts, filters and the options' defaults", () => {
    expect(variable("kolla_internal_vip_address")).toBe("127.0.0.1");
    expect(variable("my_url")).toBe("https://127.0.0.1/v3");
    expect(variable("my_directory")).toBe(join(directory, "etc"));
    expect(variable("my_lookup")).toBe("looked");
    expect(variable("my_raw")).toBe("{{ untouched }}");
  });

  test("later sources win: globals, the named passwords file, globals.d, -e", () => {
    expect(variable("in_globals_d")).toBe("globals.d");
    expect(variable("on_the_command_line")).toBe("-e");
    expect(variable("database_password")).toBe("hush");
  });

  test("encrypted values and override files are decrypted", () => {
    expect(variable("single_secret")).toBe("s3cret");
    expect(resolution.site.overrides["secret.conf"]?.text).toBe("[DEFAULT]\nkey = value\n");
    expect(resolution.site.overrides["nova.conf"]?.text).toBe("[DEFAULT]\ndebug = true\n");
  });

  test("group_vars and host_vars stand above the options' defaults", () => {
    expect(variable("nova_console")).toBe("spicehtml5");
    expect(variable("from_group")).toBe("ab");
    expect(variable("network_interface")).toBe("lo");
  });

  test("neither Ansible's own variables nor the options' defaults pass for the operator's", () => {
    const names = Object.keys(resolution.site.hosts[0]?.variables ?? {});
    expect(names).not.toContain("openstack_release");
    expect(
      names.filter((name) => /^(ansible_(?!host|port|user)|kolla_carrier|groups|hostvars)/.test(name)),
    ).toEqual([]);
  });

  test("every variable knows where it was set", () => {
    const place = (name: string) => {
      const where = resolution.site.places[name];
      return `${where?.file?.replace(`${directory}/`, "")}:${where?.line}`;
    };
    expect(place("in_globals_d")).toBe("etc/globals.d/10-more.yml:1");
    expect(place("nova_console")).toBe("inventory/group_vars/all.yml:1");
    expect(place("network_interface")).toBe("inventory/host_vars/localhost.yml:1");
    expect(place("from_inventory")).toBe("inventory/hosts:7");
    expect(resolution.site.places.on_the_command_line).toEqual({ file: "-e", key: "on_the_command_line" });
  });

  test("of a wholly encrypted file only Ansible knows the lines", () => {
    expect(resolution.site.places.database_password).toBeUndefined();
  });

  test("a variable that cannot be evaluated is told with its place, and spoils no other", () => {
    const own = resolution.problems.filter((problem) => problem.where?.host === "localhost");
    expect(own.map(formatError).join("\n")).toMatch(
      /^\/.*\/etc\/globals\.yml:5 on localhost: my_mistake cannot be evaluated: .*there_is_no_such_variable.* \(KOLLA_VARIABLE_UNRESOLVED\)\n {2}.*$/,
    );
  });

  test("facts and groups are there, hosts in the inventory's order", () => {
    const [host] = resolution.site.hosts;
    expect(host?.facts.interfaces.lo).toMatchObject({ active: true, ipv4: ["127.0.0.1"] });
    expect(host?.facts.cpus).toBeGreaterThan(0);
    expect(host?.facts.nodename).not.toBe("");
    expect(resolution.site.groups).toMatchObject({
      all: ["localhost", "far"],
      control: ["localhost", "far"],
      compute: ["localhost"],
    });
  });

  test("a host out of reach keeps its variables; only hosts of --limit are looked at", () => {
    expect(variable("from_group", "far")).toBe("ab");
    expect(resolution.site.hosts[1]?.facts.interfaces).toEqual({});
    expect(Object.keys(resolution.observed)).toEqual(["localhost"]);
  });

  test("an image of the agent that cannot be had is a reason, not a crash", () => {
    expect(JSON.stringify(resolution.observed.localhost)).toMatch(
      /docker is not installed|docker does not answer|kolla-carrier-test\/none:1 cannot be had/,
    );
  });
});

describe.skipIf(!hasAnsible)("what keeps Ansible from running", () => {
  test(
    "a wrong vault password names the file and how to give the right one",
    async () => {
      const directory = operatorWorld({
        "vault-password": "right",
        "inventory/hosts": ONE_HOST,
        wrong: "wrong",
      });
      encrypt(directory, "etc/passwords.yml");
      const vault = { ids: [], passwordFiles: [join(directory, "wrong")] };
      const message = await messageOf(
        resolveSite(settingsFor(directory, { vault }), NO_QUESTIONS, () => undefined),
      );
      expect(message).toContain(`${directory}/etc/passwords.yml: Ansible says: Decryption failed`);
      expect(message).toContain("--vault-password-file");
    },
    SLOW,
  );

  test(
    "a broken inventory is told in Ansible's words",
    async () => {
      const directory = operatorWorld({ "inventory/hosts": "[control\nlocalhost\n" });
      const message = await messageOf(resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined));
      expect(message).toMatch(/Ansible says: .+\(KOLLA_ANSIBLE_FAILED\)/s);
      expect(message).toContain(`ansible-inventory -i ${directory}/inventory/hosts --list`);
    },
    SLOW,
  );

  test(
    "an encrypted file without any password is told by its name",
    async () => {
      const directory = operatorWorld({ "vault-password": "right", "inventory/hosts": ONE_HOST });
      encrypt(directory, "etc/passwords.yml");
      const message = await messageOf(resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined));
      expect(message).toContain(`${directory}/etc/passwords.yml: cannot be decrypted`);
    },
    SLOW,
  );

  test("a file of variables that is not there is told by its name", async () => {
    const directory = operatorWorld({ "inventory/hosts": ONE_HOST });
    const extraVars = [`@${directory}/none.yml`, "{broken"];
    const message = await messageOf(
      resolveSite(settingsFor(directory, { extraVars }), NO_QUESTIONS, () => undefined),
    );
    expect(message).toContain(`${directory}/none.yml: there is no such file`);
    expect(message).toContain("-e:1");
  });

  test("an inventory that is not there is told before Ansible starts", async () => {
    const directory = operatorWorld({});
    const message = await messageOf(resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined));
    expect(message).toContain("there is no such inventory (KOLLA_INVENTORY_MISSING)");
  });

  test(
    "an inventory without hosts is an error",
    async () => {
      const directory = operatorWorld({ "inventory/hosts": "[control]\n" });
      const message = await messageOf(resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined));
      expect(message).toContain("the inventory has no hosts (KOLLA_INVENTORY_EMPTY)");
    },
    SLOW,
  );

  const UNREADABLE = 'ansible_user: "{{ nobody_knows }}"\n';
  test.each([
    [
      "one host",
      { "inventory/host_vars/far.yml": UNREADABLE },
      /host_vars\/far\.yml:1 on far: .*ansible_user/,
    ],
    ["all hosts", { "etc/globals.yml": UNREADABLE }, /globals\.yml:1 on localhost and far: .*ansible_user/],
  ])(
    "a variable by which Ansible connects to %s and that cannot be evaluated is told with its place, once",
    async (_, files, place) => {
      const directory = operatorWorld({
        "inventory/hosts": `${ONE_HOST}far ansible_connection=local\n`,
        ...files,
      });
      const message = await messageOf(
        resolveSite(settingsFor(directory, { agentImage: NO_IMAGE }), NO_QUESTIONS, () => undefined),
      );
      expect(message).toMatch(place);
      expect(message.match(/'nobody_knows' is undefined/g)).toHaveLength(1);
      expect(message).toContain("KOLLA_INVENTORY_CONNECTION");
    },
    SLOW,
  );
});
