import type { Release } from "../src/model/release.ts";

export default {
  name: "2026.1",
  codename: "Gazpacho",
  distributions: [{ name: "debian", tag: "trixie", python: "3.13" }],
  // Debian 13 has packages of 2025.1.
  installTypes: ["source"],
  projects: { keystone: "29.1.0", placement: "15.0.0", glance: "32.0.0" },
  drivers: ["pymysql", "pymemcache", "python-memcached", "cryptography"],
} satisfies Release;
