import type { Release } from "../src/model/release.ts";

export default {
  name: "2025.2",
  codename: "Flamingo",
  distributions: [{ name: "debian", tag: "trixie", python: "3.13" }],
  // Debian 13 has packages of 2025.1.
  installTypes: ["source"],
  projects: { keystone: "28.1.0", placement: "14.0.0", glance: "31.1.0" },
  drivers: ["pymysql", "pymemcache", "python-memcached", "cryptography"],
} satisfies Release;
