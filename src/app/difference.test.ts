import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "#model";
import { sha256 } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";
import { deployed, upgrade } from "../plan/deployed.fixture.ts";
import { type FileChange, makePlan, planPhases, withFileChanges } from "../plan/index.ts";
import { bareHost, container, file, ofRelease, site } from "../plan/site.fixture.ts";
import { fileChanges, formatChanges, secretsIn } from "./difference.ts";

const change = (
  before: string | null,
  after: string | null,
  path = "/etc/kolla/nova-api/nova.conf",
): FileChange => ({
  host: "control01",
  path,
  before,
  after,
});

test("what a file holds after a pass is what the next one begins with", async () => {
  const sites = (release: string, pin: string) => {
    const conf = file("agent", "agent.conf", `[a]\nrelease = ${release}\npin = ${pin}\n`);
    return ofRelease(release, site({ h1: [conf, container("agent", [conf])] }));
  };
  const desired = sites("2025.2", "no");
  const phased = { desired, passes: { agent: ["pinned"] }, passing: () => sites("2025.2", "yes") };
  const planned = planPhases(phased, deployed(sites("2025.1", "no")), upgrade);
  const before = "[a]\nrelease = 2025.1\npin = no\n";
  const { changes } = await fileChanges({} as AnsibleSettings, planned, () => Buffer.from(before));
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [before, "[a]\nrelease = 2025.2\npin = yes\n"],
    ["[a]\nrelease = 2025.2\npin = yes\n", "[a]\nrelease = 2025.2\npin = no\n"],
  ]);
  const causes = withFileChanges(planned.plan, changes).steps.flatMap((step) =>
    step.kind === "file" ? [step.cause] : [],
  );
  expect(causes).toEqual(["2 keys changed: a.release, a.pin", "1 key changed: a.pin"]);
});

describe("the difference of a file", () => {
  test("shows the lines that change with those around them", () => {
    const before = "[DEFAULT]\na = 1\nb = 2\n\n[api]\nworkers = 2\n";
    const after = before.replace("workers = 2", "workers = 4");
    expect(formatChanges([change(before, after)], [])).toMatchInlineSnapshot(`
      "--- control01 /etc/kolla/nova-api/nova.conf
      +++ control01 /etc/kolla/nova-api/nova.conf
      @@ -3,4 +3,4 @@
       b = 2
       
       [api]
      -workers = 2
      +workers = 4
      "
    `);
  });

  test("says of a new and of a removed file that it is", () => {
    expect(formatChanges([change(null, "a\n"), change("a\n", null)], [])).toMatchInlineSnapshot(`
      "--- control01 /etc/kolla/nova-api/nova.conf (not there)
      +++ control01 /etc/kolla/nova-api/nova.conf
      @@ -1,0 +1,1 @@
      +a

      --- control01 /etc/kolla/nova-api/nova.conf
      +++ control01 /etc/kolla/nova-api/nova.conf (removed)
      @@ -1,1 +1,0 @@
      -a
      "
    `);
  });

  test("does not show a file that is not text", () => {
    for (const [before, after] of [
      ["[a]\n", "\uFFFD\uFFFD"],
      ["a\0b", null],
    ] as const)
      expect(formatChanges([change(before, after)], [])).toMatch(/\n {2}content is not text\n$/);
  });

  test("says nothing of a file that only gets another mode", () => {
    expect(formatChanges([change("a", "a")], [])).toBe("");
  });

  test("says of a changed secret no more than that it changes", () => {
    const found = formatChanges([change("password = old\n", "password = new-secret\n")], ["new-secret"]);
    expect(found).toContain("only secrets change");
  });

  test("does not show a file that is a secret as a whole", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nx\n";
    for (const path of ["/etc/kolla/nova-ssh/id_rsa", "/etc/kolla/rabbitmq/rabbitmq-erlang.cookie"])
      expect(formatChanges([change("old", "new", path)], [])).toContain("content is secret");
    expect(formatChanges([change(key, "other")], [])).toContain("content is secret");
    expect(formatChanges([change("whole", "other")], ["whole"])).toContain("content is secret");
  });

  test.each([
    "connection = mysql+pymysql://nova:SECRET@10.0.0.1:3306/nova",
    "transport_url = rabbit://openstack:SECRET@10.0.0.1:5672,openstack:SECRET@10.0.0.2:5672//",
    "memcache_secret_key = SECRET",
    "metadata_proxy_shared_secret=SECRET",
    "wsrep_sst_auth = root:SECRET",
    "    stats auth openstack:SECRET",
    "    user haproxy insecure-password SECRET",
    "        auth_pass SECRET",
    '  "users": [{"name": "openstack", "password_hash": "SECRET"}],',
    "      password: SECRET",
    "export OS_PASSWORD=SECRET",
    "http-check send hdr Authorization 'Basic SECRETSECRET'",
  ])("hides what a host had and the site no longer knows: %s", (line) => {
    const found = formatChanges([change(`${line}\nx\n`, "y\n")], []);
    expect(found).toContain("***");
    expect(found).not.toContain("SECRET");
  });

  test("hides a password of genpwd's form wherever it stands", () => {
    const password = `${"aB3".repeat(13)}z`;
    expect(formatChanges([change(`odd ${password}\n`, "y\n")], [])).not.toContain(password);
  });
});

test("the secrets of a site are those of all hosts and within mappings, the longest first", () => {
  const values = {
    a: { plain: "text", one: new Secret("short") },
    b: { pair: { private_key: new Secret("much longer"), public_key: "open" }, none: new Secret("") },
  };
  expect(secretsIn(values)).toEqual(["much longer", "short"]);
  const lookups = { a: { value: ["of the vault", "yes"] }, b: { problem: "no" } };
  expect(secretsIn(values, lookups)).toEqual(["of the vault", "much longer", "short"]);
});

describe("what a plan changes in files", () => {
  const held = (content: string) => ({ sha256: sha256(content), mode: "0660", uid: 0, gid: 0 });
  const desired = site({
    control01: ["told", "copied", "new"].map((name) => file("nova", name, `${name} after`)),
  });
  const [told, copied, added] = (desired.hosts[0]?.items ?? []).map(({ id }) => id.replace(/^file:/, ""));
  const observed = {
    ...bareHost("control01"),
    files: { [told ?? ""]: held("told before"), [copied ?? ""]: held("copied before") },
  };

  test("is told without a question to a host where its records or the copy of them have what it had", async () => {
    const recordsDirectory = mkdtempSync(join(tmpdir(), "copies-"));
    onTestFinished(() => rmSync(recordsDirectory, { recursive: true }));
    const place = join(recordsDirectory, "control01/contents");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, sha256("copied before")), "copied before");
    const plan = makePlan(desired, { control01: observed }, { verb: "deploy" });
    // A question would start Ansible, for which there are no settings here.
    const settings = { recordsDirectory } as AnsibleSettings;
    const records = (host: string, hash: string) =>
      host === "control01" && hash === sha256("told before") ? Buffer.from("told before") : undefined;
    const { changes, untold } = await fileChanges(settings, { plan, states: [desired] }, records);
    expect(untold).toEqual([]);
    expect(changes.map(({ path, before, after }) => [path, before, after])).toEqual(
      expect.arrayContaining([
        [told, "told before", "told after"],
        [copied, "copied before", "copied after"],
        [added, null, "new after"],
      ]),
    );
  });
});
