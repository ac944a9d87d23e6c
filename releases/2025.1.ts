import type { Release } from "../src/model/release.ts";
import kollaAnsible from "./2025.1/kolla-ansible.json" with { type: "json" };
import openstackKolla from "./2025.1/openstack-kolla.json" with { type: "json" };

export default {
  name: "2025.1",
  codename: "Epoxy",
  distributions: [{ name: "debian", tag: "trixie", python: "3.13" }],
  installTypes: ["binary", "source"],
  projects: { keystone: "27.1.0", placement: "13.0.1", glance: "30.2.0" },
  drivers: ["pymysql", "pymemcache", "python-memcached", "cryptography"],
  operatorFiles: { kollaAnsible, openstackKolla },
} satisfies Release;
