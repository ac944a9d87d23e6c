import { describe, expect, test } from "vitest";
import type { ResolvedSite } from "#model";
import { formatError } from "#support";
import { services } from "../../services/index.generated.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { absentByDefault } from "./names.ts";
import { resolveOptions } from "./options.ts";

/** What is said of these variables of globals.yml, each on a line of its own. */
function said(variables: Record<string, unknown>, more: Partial<ResolvedSite> = {}) {
  const places = Object.fromEntries(
    Object.keys(variables).map((name, at) => [name, { file: "globals.yml", line: at + 1 }]),
  );
  const { problems, warnings } = resolveOptions(services, allInOne(variables, { places, ...more }));
  const text = (found: typeof problems): string => found.map(formatError).join("\n");
  return { problems: text(problems), warnings: text(warnings) };
}

const NOTHING = { problems: "", warnings: "" };

describe("services that are not here", () => {
  test("are refused when they are switched on, and their settings are nobody's business when not", () => {
    expect(said({ enable_cinder: "yes" }).problems).toMatchInlineSnapshot(`
      "globals.yml:1: enable_cinder is known to Kolla-Ansible, not supported here yet: cinder is not here (KOLLA_OPTION_UNSUPPORTED)
        Set enable_cinder: no, or remove it."
    `);
    expect(said({ enable_cinder: "no", cinder_api_port: 8777, enable_cinder_backup: "yes" })).toEqual(
      NOTHING,
    );
    expect(said({ enable_proxysql: "no", hnas_ip: "10.0.0.1", fluentd_dimensions: {} })).toEqual(NOTHING);
  });

  test("that Kolla-Ansible deploys by default are told once, unless switched off", () => {
    const off = { file: "/etc/kolla/globals.yml", line: 3 };
    const site = allInOne({ enable_heat: "no" }, { places: { enable_horizon: off } });
    expect(absentByDefault(services, site).map(formatError).join("\n")).toMatchInlineSnapshot(`
      "Kolla-Ansible deploys fluentd and proxysql by default; this version does not have them yet (KOLLA_WARN_SERVICE_ABSENT)
        Nothing need be done. To hear no more of it, put into globals.yml: enable_fluentd: no, enable_proxysql: no."
    `);
  });
});

describe("variables of services that are here", () => {
  test("that we lack are refused when they ask for it, and pass with Kolla-Ansible's own value", () => {
    const asked = { glance_backend_ceph: "yes", om_rpc_transport: "amqp", nova_dev_mode: true };
    expect(said(asked).problems).toMatchInlineSnapshot(`
      "globals.yml:1: glance_backend_ceph is not supported here yet: Images are kept in files (KOLLA_OPTION_UNSUPPORTED)
        Set glance_backend_ceph: no, or remove it.
      globals.yml:2: om_rpc_transport is not supported here yet: another carrier of messages than RabbitMQ (KOLLA_OPTION_UNSUPPORTED)
        Set om_rpc_transport: "rabbit", or remove it.
      globals.yml:3: nova_dev_mode is not supported here yet: a developer's checkout in containers; they run what is in their images (KOLLA_OPTION_UNSUPPORTED)
        Set nova_dev_mode: no, or remove it."
    `);
    const neutral = {
      glance_backend_ceph: "no",
      om_rpc_transport: "rabbit",
      keystone_identity_providers: [],
      mariadb_loadbalancer: "haproxy",
      neutron_dev_mode: false,
    };
    expect(said(neutral)).toEqual(NOTHING);
  });

  test("that would give containers other mounts are refused with what does it here", () => {
    const asked = { glance_api_default_volumes: ["/srv:/var/lib/glance"] };
    expect(said(asked).problems).toMatchInlineSnapshot(`
      "globals.yml:1: glance_api_default_volumes is not supported here yet: other mounts than a container needs; add single ones, or others in their places, with <container>_extra_volumes (KOLLA_OPTION_UNSUPPORTED)
        Set glance_api_default_volumes: ["/etc/kolla/glance-api/:/var/lib/kolla/config_files/:ro","/etc/localtime:/etc/localtime:ro","/etc/timezone:/etc/timezone:ro","glance:/var/lib/glance/","","kolla_logs:/var/log/kolla/","/dev/shm:/dev/shm","",""], or remove it."
    `);
  });

  test("that change nothing here are told with their line", () => {
    const { problems, warnings } = said({ change_selinux: false, neutron_dns_domain: "x." });
    expect(problems).toBe("");
    expect(warnings).toMatchInlineSnapshot(`
      "globals.yml:1: change_selinux has no effect here: It is for hosts of Red Hat's family, which bootstrap-servers refuses (KOLLA_WARN_OPTION_UNSUPPORTED)
        Remove change_selinux if you can do without it."
    `);
  });

  test("that equal what Kolla-Ansible computes ask for nothing", () => {
    const computed = {
      keystone_internal_url: "http://10.0.0.250:5000",
      enable_keystone_federation: false,
    };
    expect(said(computed)).toEqual(NOTHING);
  });

  test("that Kolla-Ansible makes of others are told to be its own", () => {
    expect(said({ nova_ks_services: [{ name: "nova" }] }).warnings).toMatchInlineSnapshot(`
      "globals.yml:1: nova_ks_services is what Kolla-Ansible makes of other variables; setting it has no effect here (KOLLA_WARN_OPTION_UNSUPPORTED)
        Remove nova_ks_services if you can do without it."
    `);
  });
});

describe("names that nobody has", () => {
  test("are slips when a real name is near, and on", () => {
    expect(said({ enable_novaa: "yes" }).problems).toContain("Did you mean enable_nova?");
    expect(said({ kolla_internal_vip_adress: "10.0.0.9" }).problems).toContain("kolla_internal_vip_address?");
  });

  test.each(["enable_osg", "enable_doni", "enable_precis", "enable_nonsense"])(
    "%s that is off is told without a name that is not meant",
    (name) => {
      const { problems, warnings } = said({ [name]: "no" });
      expect(problems).toBe("");
      expect(warnings).toContain("KOLLA_WARN_OPTION_UNKNOWN");
      expect(warnings).not.toContain("Did you mean");
    },
  );

  test("but that an earlier release of Kolla-Ansible had are told to be gone, on or off", () => {
    expect(said({ enable_skydive: "no", enable_chrony: "yes" })).toMatchInlineSnapshot(`
      {
        "problems": "",
        "warnings": "globals.yml:1: enable_skydive is read by no release of Kolla-Ansible after 15: it has no effect, there or here (KOLLA_WARN_OPTION_GONE)
        Remove enable_skydive.
      globals.yml:2: enable_chrony is read by no release of Kolla-Ansible after 12: it has no effect, there or here (KOLLA_WARN_OPTION_GONE)
        Remove enable_chrony.",
      }
    `);
  });
});
