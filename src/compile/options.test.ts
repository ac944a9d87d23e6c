import { describe, expect, test } from "vitest";
import {
  choice,
  count,
  flag,
  list,
  port,
  type ResolvedSite,
  Secret,
  seconds,
  secret,
  service,
  text,
} from "#model";
import { formatError } from "#support";
import { host, site } from "../../tests/golden/sites.ts";
import { resolveOptions } from "./options.ts";

const tokens = service("tokens", {
  summary: "A service to test with.",
  enabled: true,
  groups: { tokens: ["control"] },
  needs: [],
  containers: { "tokens-api": { group: "tokens", set: "tokens" } },
  options: {
    tokens_expiry: seconds(600, "Life of a token.", { min: 60, max: 86400 }),
    tokens_grace: seconds("{{ tokens_expiry * 2 }}", "Time after its end."),
    tokens_port: port(5000, "Port."),
    tokens_backend: choice(["sql", "file"], "sql", "Where tokens are kept."),
    tokens_plugins: list([], "Plug-ins."),
    tokens_strict: flag(false, "Refuse more."),
    tokens_workers: count("{{ openstack_service_workers }}", "Processes."),
    tokens_name: text("tokens of {{ inventory_hostname }}", "Name."),
    tokens_others: text(
      "{% for h in groups['control'] %}{{ hostvars[h].api_interface_address }} {% endfor %}",
      "Addresses.",
    ),
    tokens_key: secret("Key of tokens."),
    tokens_one: text("{{ tokens_two }}", "One."),
    tokens_two: text("{{ tokens_one }}", "Two."),
  },
  define: () => ({ containers: {} }),
});

const GIVEN = { kolla_internal_vip_address: "10.0.0.250", tokens_key: "k", tokens_one: "1" };

function resolve(variables: Record<string, unknown>, more: Partial<ResolvedSite> = {}) {
  return resolveOptions([tokens], site([host("aio", "10.0.0.10", { ...GIVEN, ...variables })], more));
}

function values(variables: Record<string, unknown>): Record<string, unknown> {
  return resolve(variables).hosts.aio ?? {};
}

function problems(variables: Record<string, unknown>, more: Partial<ResolvedSite> = {}): string {
  return resolve(variables, more).problems.map(formatError).join("\n");
}

describe("values", () => {
  test("a default that names other options follows what the operator gave them", () => {
    expect(values({ tokens_expiry: 900 })).toMatchObject({ tokens_expiry: 900, tokens_grace: 1800 });
  });

  test.each(["yes", "Yes", "true", "on", true, 1, "1"])("%j is a flag that is on", (given) => {
    expect(values({ tokens_strict: given }).tokens_strict).toBe(true);
  });

  test.each(["no", "False", "off", false, 0])("%j is a flag that is off", (given) => {
    expect(values({ tokens_strict: given }).tokens_strict).toBe(false);
  });

  test("a number in quotes is a number, and a number is text where text is wanted", () => {
    expect(values({ tokens_port: "5001", tokens_name: 2025.1 })).toMatchObject({
      tokens_port: 5001,
      tokens_name: "2025.1",
    });
  });

  test("an empty value (null) leaves the default, but empties a text", () => {
    expect(values({ tokens_port: null, tokens_name: null })).toMatchObject({
      tokens_port: 5000,
      tokens_name: "",
    });
  });

  test("a secret is a Secret, which prints as stars", () => {
    const key = values({}).tokens_key;
    expect(key).toBeInstanceOf(Secret);
    expect(`${key} ${JSON.stringify({ key })}`).toBe('*** {"key":"***"}');
  });

  test("what depends on the host differs between hosts, and hosts see each other's addresses", () => {
    const { hosts } = resolveOptions(
      [tokens],
      site([host("a", "10.0.0.1", GIVEN), host("b", "10.0.0.2", GIVEN)]),
    );
    expect([hosts.a?.tokens_name, hosts.b?.tokens_name]).toEqual(["tokens of a", "tokens of b"]);
    expect(hosts.b?.tokens_others).toBe("10.0.0.1 10.0.0.2 ");
    expect(hosts.b?.api_interface_address).toBe("10.0.0.2");
  });

  test("a variable of one host in the inventory holds for that host only", () => {
    const hosts = [host("a", "10.0.0.1", { ...GIVEN, tokens_port: 7000 }), host("b", "10.0.0.2", GIVEN)];
    const resolved = resolveOptions([tokens], site(hosts)).hosts;
    expect([resolved.a?.tokens_port, resolved.b?.tokens_port]).toEqual([7000, 5000]);
  });

  test("options by rule carry Kolla-Ansible's names and follow each other", () => {
    expect(values({ docker_registry: "reg:4000", tokens_tag: "mine" })).toMatchObject({
      enable_tokens: true,
      tokens_api_image_full: "reg:4000/kolla/tokens-api:mine",
      tokens_api_healthcheck_interval: 30,
      tokens_api_extra_volumes: [],
    });
  });
});

describe("problems", () => {
  const places = {
    tokens_exipry: { file: "/etc/kolla/globals.yml", line: 14 },
    tokens_port: { file: "/etc/kolla/globals.yml", line: 3 },
    tokens_expiry: { file: "/etc/kolla/globals.yml", line: 4 },
    tokens_backend: { file: "/etc/kolla/globals.yml", line: 5 },
    my_vip: { file: "/etc/kolla/globals.yml", line: 8 },
    enable_nonsense: { file: "/etc/kolla/globals.yml", line: 9 },
  };

  test("a misspelt name is refused with its line and the nearest real name", () => {
    expect(problems({ tokens_exipry: 900 }, { places })).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:14: tokens_exipry is not an option of any service (KOLLA_OPTION_UNKNOWN)
        Did you mean tokens_expiry?"
    `);
  });

  test("all wrong values are reported together, each with its line", () => {
    const given = { tokens_port: 70000, tokens_expiry: "soon", tokens_backend: "tape" };
    expect(problems(given, { places })).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:3: tokens_port is 70000, but must be a whole number from 1 to 65535 (KOLLA_OPTION_VALUE)
        Port.
      /etc/kolla/globals.yml:4: tokens_expiry is "soon", but must be a whole number from 60 to 86400 (KOLLA_OPTION_VALUE)
        Life of a token.
      /etc/kolla/globals.yml:5: tokens_backend is "tape", but must be one of sql, file (KOLLA_OPTION_VALUE)
        Where tokens are kept."
    `);
  });

  test("a missing secret names the command that fills it", () => {
    expect(problems({ tokens_key: null })).toMatchInlineSnapshot(`
      "tokens_key has no value in passwords.yml (KOLLA_SECRET_MISSING)
        Run: kolla genpwd"
    `);
  });

  test("variables that define each other are shown as a circle", () => {
    const { tokens_one: _, ...given } = GIVEN;
    const circle = site([host("aio", "10.0.0.10", given)]);
    expect(resolveOptions([tokens], circle).problems.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "aio: These variables are defined by each other: tokens_one → tokens_two → tokens_one (KOLLA_OPTION_CYCLE)
        Give one of them a value of its own."
    `);
  });

  test("an interface that does not exist is one problem, whatever depends on it", () => {
    expect(problems({ network_interface: "bond0" })).toMatchInlineSnapshot(`
      "aio: network_interface is bond0, which the host does not have (KOLLA_INTERFACE_ADDRESS)
        aio has eth0, eth1, lo. Set network_interface in globals.yml, or for this host in the inventory."
    `);
  });

  test("a switch for nothing is refused even when no name is near", () => {
    expect(problems({ enable_nonsense: true }, { places })).toContain("KOLLA_OPTION_UNKNOWN");
  });

  test("a variable of the operator's own is not refused", () => {
    const overrides = { "tokens.conf": { text: "[DEFAULT]\nvip = {{ my_vip }}\n", path: "/x" } };
    const mentioned = resolve({ my_vip: "10.0.0.9" }, { places, overrides });
    expect([...mentioned.problems, ...mentioned.warnings]).toEqual([]);
    const unmentioned = resolve({ my_vip: "10.0.0.9" }, { places });
    expect(unmentioned.problems).toEqual([]);
    expect(unmentioned.warnings.map(({ code }) => code)).toEqual(["KOLLA_WARN_OPTION_UNKNOWN"]);
  });

  test("a disabled service needs no secrets, but what is written for it must be right", () => {
    const off = { enable_tokens: false, tokens_key: null };
    expect(problems(off)).toBe("");
    expect(problems({ ...off, tokens_port: "many" }, { places })).toContain("tokens_port");
  });
});

describe("switches", () => {
  test("a switch that is neither on nor off is refused, of whatever service it is", () => {
    const places = { enable_heat: { file: "/etc/kolla/globals.yml", line: 4 } };
    expect(problems({ enable_heat: "maybe" }, { places })).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:4: enable_heat is "maybe", but must be yes or no (KOLLA_OPTION_VALUE)
        A service or a part of one that is on or off."
    `);
  });

  test("what we lack is refused at the option's own line, with what to type", () => {
    const places = { kolla_enable_tls_internal: { file: "/etc/kolla/globals.yml", line: 5 } };
    expect(problems({ kolla_enable_tls_internal: "yes" }, { places })).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:5: kolla_enable_tls_internal is not supported here yet as yes: the load balancer speaks plain HTTP (KOLLA_OPTION_UNSUPPORTED)
        Set kolla_enable_tls_internal: no, or remove it."
    `);
  });

  test("what was probably meant is proposed", () => {
    const places = { docker_registry: { file: "/etc/kolla/globals.yml", line: 6 } };
    expect(problems({ docker_registry: "https://registry.example/" }, { places })).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:6: docker_registry is "https://registry.example/", but must be a registry as host[:port][/path] in small letters, without scheme and without a slash at the end (KOLLA_OPTION_VALUE)
        Did you mean docker_registry: registry.example? Registry to pull images from; empty: the engine's own images."
    `);
  });

  test("a number that is like another is not proposed", () => {
    expect(problems({ openstack_release: "2023.1" })).toMatchInlineSnapshot(`
      "aio: openstack_release is "2023.1", but must be 2025.1: this version of Kolla deploys no other (KOLLA_OPTION_VALUE)
        Release of OpenStack to deploy."
    `);
  });
});
