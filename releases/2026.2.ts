import type { Release } from "../src/model/release.ts";

export default {
  name: "2026.2",
  codename: "Hibiscus",
  distributions: [{ name: "debian", tag: "trixie", python: "3.13" }],
  // Debian 13 has packages of 2025.1.
  installTypes: ["source"],
  projects: { keystone: "30.0.0", placement: "16.0.0", glance: "33.0.0" },
  drivers: ["pymysql", "pymemcache", "python-memcached", "cryptography"],
} satisfies Release;
