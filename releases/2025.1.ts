import type { Release } from "../src/model/release.ts";

export default {
  name: "2025.1",
  codename: "Epoxy",
  distributions: [{ name: "debian", tag: "trixie", python: "3.13" }],
  projects: { keystone: "27.1.0" },
  drivers: ["pymysql", "pymemcache", "python-memcached"],
} satisfies Release;
