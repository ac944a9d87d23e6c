import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { root, typescriptBelow } from "./files.ts";

/** Folder of src/ → folders it may import from, beside its own. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  support: [],
  model: ["support"],
  openstack: ["support", "model"],
  template: ["support", "model"],
  config: ["support", "model"],
  engine: ["support", "model"],
  build: ["support", "model", "template", "config", "engine", "releases"],
  compile: ["support", "model", "template", "config", "releases"],
  plan: ["support", "model", "config"],
  agent: ["support", "model", "engine"],
  ansible: ["support", "model", "config", "engine"],
  app: ["support", "model", "config", "engine", "build", "compile", "plan", "ansible", "services", "docker"],
  cli: [
    "support",
    "model",
    "template",
    "config",
    "engine",
    "build",
    "compile",
    "plan",
    "agent",
    "ansible",
    "app",
    "services",
    "docker",
    "releases",
  ],
};

const SPECIFIER = /(?:import|export)[^"';]*?from\s+"([^"]+)"|import\("([^"]+)"\)|import\s+"([^"]+)"/g;

const filesBelow = (folder: string): string[] =>
  typescriptBelow(folder).filter((file) => !file.endsWith(".test.ts"));

/** The paths from the root that a file imports; packages and Node's own are left out. */
function localImports(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(SPECIFIER)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    .flatMap((specifier) => {
      if (specifier.startsWith("#")) return [`src/${specifier.slice(1)}/index.ts`];
      if (specifier.startsWith(".")) return [relative(root, resolve(root, dirname(file), specifier))];
      return [];
    });
}

const layerOf = (path: string): string =>
  path.startsWith("src/") ? (path.split("/")[1] ?? "") : (path.split("/")[0] ?? "");

test("a layer of src imports only the layers below it", () => {
  const wrong = filesBelow("src").flatMap((file) => {
    const layer = layerOf(file);
    return localImports(file)
      .filter((target) => layerOf(target) !== layer && !(MAY[layer] ?? []).includes(layerOf(target)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

/** What the units of a folder import that is neither one of the given places nor their own folder. */
function strangeImports(folder: string, places: readonly string[]): string[] {
  const units = filesBelow(folder).filter((file) => !file.endsWith("index.generated.ts"));
  return units.flatMap((file) => {
    const own = file.split("/").slice(0, 2).join("/");
    return localImports(file)
      .filter((target) => !places.includes(target) && !target.startsWith(`${own}/`))
      .map((target) => `${file} imports ${target}`);
  });
}

test("a project imports the model and its own folder, nothing else", () => {
  expect(strangeImports("docker", ["src/model/index.ts"])).toEqual([]);
});

test("a service imports the model, what OpenStack's services share and its own folder, nothing else", () => {
  expect(strangeImports("services", ["src/model/index.ts", "src/openstack/index.ts"])).toEqual([]);
});

test("compile and plan do no input or output", () => {
  const wrong = [...filesBelow("src/compile"), ...filesBelow("src/plan")].filter((file) =>
    /from "node:(fs|child_process|net|http|os)/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(wrong).toEqual([]);
});

test("a verb acts through the application or the builder: it calls no agent, no Ansible, no engine and no compiler", () => {
  const acting = ["agent", "ansible", "engine", "compile", "services"];
  const wrong = filesBelow("src/cli/verbs").flatMap((file) =>
    localImports(file)
      .filter((target) => acting.includes(layerOf(target)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("a verb parses and prints: what is read, written, looked at or locked is the application's or the builder's", () => {
  const reading = filesBelow("src/cli/verbs").filter((file) =>
    /from "(node:(fs|os|net|http)|execa)/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(reading).toEqual([]);
});

/** What only the command line may do: a library that prints, ends the process or reads its words serves nobody else. */
const SPEAKS = /process\.(stdout|stderr|stdin|argv|exit\b|exitCode)|console\./;

test("only the command line, and the agent on its host, speak, end the process or read the words they were given", () => {
  const speaking = filesBelow("src").filter((file) => SPEAKS.test(readFileSync(join(root, file), "utf8")));
  expect(speaking.filter((file) => !["cli", "agent"].includes(layerOf(file)))).toEqual([]);
});

/** What starts other programs, and why it may: everything else speaks to the engine or to Ansible through these. */
const STARTERS: Readonly<Record<string, string>> = {
  "src/agent/kernel.ts": "sysctl and mounts of the host",
  "src/ansible/playbook.ts": "ansible-playbook",
  "src/ansible/vault.ts": "ansible-vault",
  "src/build/command.ts": "debootstrap, git and pip, for the base image, sources and locks",
  "src/cli/bench/command.ts": "the commands that are measured",
  "src/cli/bench/kept.ts": "git, for the commit that was measured",
  "src/cli/bench/load/sessions.ts": "pings a server and keeps a login to it, as its users do",
  "src/app/quickstart/first-server.ts": "ping and the guest's page",
  "src/app/quickstart/machine.ts": "what the machine is",
  "src/app/quickstart/network.ts": "the pairs of interfaces of the first cloud",
  "src/app/quickstart/server-on-cloud.ts": "the key that logs in to the first server",
  "src/app/quickstart/undo.ts": "taking those away",
  "src/engine/build-client.ts": "the engine's own client, which alone speaks BuildKit",
};

test("only the files listed here with their reasons start processes", () => {
  const starters = filesBelow("src").filter((file) =>
    /from "(node:child_process|execa)"/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(starters.sort()).toEqual(Object.keys(STARTERS).sort());
});

test("no import goes round in a circle", () => {
  const graph = new Map(
    ["src", "dev", "services", "docker"].flatMap(filesBelow).map((file) => [file, localImports(file)]),
  );
  const done = new Set<string>();
  const circles = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.add(path.slice(path.indexOf(file)).sort().join(" "));
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect([...circles].sort()).toEqual([]);
});
