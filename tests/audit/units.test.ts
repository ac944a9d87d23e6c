import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { siteOptions } from "#model";
import { projects } from "../../docker/index.generated.ts";
import { services } from "../../services/index.generated.ts";

const root = resolve(import.meta.dirname, "../..");
const imagesOf = (project: string): string[] =>
  readdirSync(join(root, "docker", project), { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && existsSync(join(root, "docker", project, entry.name, "Dockerfile.j2")),
    )
    .map((entry) => entry.name);
const allImages = projects.flatMap((project) => imagesOf(project.name));

/** The uid table is a public contract of Kolla: volumes on operators' hosts are owned by these numbers. */
const UIDS: Readonly<Record<string, number>> = {
  kolla: 42400,
  ansible: 42401,
  glance: 42415,
  keystone: 42425,
  mysql: 42434,
  neutron: 42435,
  nova: 42436,
  rabbitmq: 42439,
  haproxy: 42454,
  memcached: 42457,
  libvirt: 42473,
  openvswitch: 42476,
  placement: 42482,
};

test("every folder of images is a project with an image, and the reverse", () => {
  for (const project of projects) expect(imagesOf(project.name), project.name).not.toEqual([]);
});

test("an account has the number that Kolla's contract gives it, and no two share one", () => {
  const users = projects.flatMap((project) => (project.user ? [project.user] : []));
  for (const user of users) expect(user.id, user.name).toBe(UIDS[user.name]);
  expect(new Set(users.map((user) => user.id)).size).toBe(new Set(users.map((user) => user.name)).size);
});

test("every container's image is one that we build", () => {
  for (const service of services)
    for (const [name, container] of Object.entries(service.containers))
      expect(allImages, `${service.name}: ${name}`).toContain(
        (container as { image?: string }).image ?? name,
      );
});

test("every option has words of documentation", () => {
  const tables = [{ name: "site", options: siteOptions }, ...services];
  for (const { name, options } of tables)
    for (const [option, { doc }] of Object.entries(options as Record<string, { doc: string }>))
      expect(doc, `${name}: ${option}`).toMatch(/\w.*\.$/s);
});

test("no two owners declare the same option", () => {
  const seen = new Map<string, string>();
  for (const { name, options } of [{ name: "site", options: siteOptions }, ...services])
    for (const option of Object.keys(options)) {
      expect(seen.get(option), `${option} of ${name}`).toBeUndefined();
      seen.set(option, name);
    }
});

test("an option whose name sounds secret is a secret", () => {
  const open = services.flatMap((service) =>
    Object.entries(service.options as Record<string, { type: string }>)
      .filter(
        ([name, option]) => /(_password|_secret|_secret_key|_cookie)$/.test(name) && option.type !== "secret",
      )
      .map(([name]) => name),
  );
  expect(open).toEqual([]);
});

test("a service needs only services that there are", () => {
  const names = services.map((service) => service.name);
  for (const service of services)
    for (const need of service.needs) expect(names, service.name).toContain(need);
});

test("no container is privileged", () => {
  const files = readdirSync(join(root, "services"), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.name.endsWith(".ts"),
  );
  for (const file of files)
    expect(readFileSync(join(file.parentPath, file.name), "utf8"), file.name).not.toMatch(
      /privileged:\s*true|"SYS_RESOURCE"/,
    );
});

test("what is generated is committed as generated", () => {
  for (const file of [
    "services/index.generated.ts",
    "docker/index.generated.ts",
    "ansible/inventory/all-in-one",
    "etc/kolla/globals.yml",
  ])
    expect(existsSync(join(root, file)), file).toBe(true);
});
