import { type Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { KollaError } from "#support";
import { resolveBuildOptions } from "../../src/build/index.ts";
import { normalArguments } from "../../src/cli/arguments.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { ABSENT_VERBS } from "../../src/cli/verbs/absent.ts";

/** Kolla-Ansible's verbs (2025.1 and 2026.1) with the options that each has beside the common ones. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  "bootstrap-servers": [],
  certificates: [],
  check: [],
  complete: ["--name x", "--shell bash"],
  deploy: [],
  "deploy-bifrost": [],
  "deploy-containers": [],
  "deploy-servers": [],
  destroy: ["--yes-i-really-really-mean-it", "--include-dev", "--include-images"],
  "gather-facts": [],
  genconfig: [],
  "install-deps": [],
  "mariadb-backup": ["--full", "--incremental"],
  "mariadb-recovery": [],
  "migrate-container-engine": [],
  "migrate-valkey": [],
  "nova-libvirt-cleanup": [],
  "octavia-certificates": ["--check-expiry 30"],
  "post-deploy": [],
  prechecks: ["--use-test-images"],
  "prune-images": ["--yes-i-really-really-mean-it"],
  pull: [],
  "rabbitmq-reset-state": [],
  reconfigure: [],
  stop: ["--yes-i-really-really-mean-it", "--ignore-missing"],
  upgrade: [],
  "upgrade-bifrost": [],
  "validate-config": [],
};

const COMMON = [
  "-b",
  "--become",
  "-C",
  "--check",
  "-D",
  "--diff",
  "-e a=1",
  "-e @vars.yml -e b=2",
  "--extra-vars a=1",
  "-i one -i two",
  "--inventory one",
  "--inventory=one",
  "-l control",
  "--limit control",
  "--skip-tags nova",
  "-t nova,glance",
  "--tags nova",
  "-lt",
  "--list-tasks",
  "-p own.yml -p other.yml",
  "--playbook own.yml",
  "--vault-id dev@file --vault-id prod@file",
  "--vault-password-file file",
  "--vault-pass-file file",
  "-J",
  "--ask-vault-password",
  "--ask-vault-pass",
  "--configdir /etc/kolla",
  "--passwords /etc/kolla/passwords.yml",
];
/** Those of the whole command. */
const GLOBAL = ["-v", "-vvv", "--verbose", "-q", "--quiet", "--log-file log", "--debug"];

/** kolla-build's options (2025.1, 2026.1 and what was added since). */
const BUILD = `
  --base debian|-b debian|--base-arch x86_64|--base-image debian|--base-tag trixie|--build-args A:1|--cache|--nocache
  |--config-dir .|--config-file x|--debian-arch amd64|--debug|-d|--nodebug|--docker-dir x|-D x|-D x -D y
  |--docker-healthchecks|--nodocker-healthchecks|--enable-unbuildable|--noenable-unbuildable|--engine docker
  |--format json|-f none|--image-name-prefix x|--keep|--nokeep|--list-dependencies|-l|--nolist-dependencies
  |--list-images|--nolist-images|--locals-base .|--logs-dir x|--namespace x|-n x|--network_mode host
  |--openstack-branch x|--openstack-branch-slashed x|--openstack-release 2025.1|--openstack-release-codename epoxy
  |--patches-path x|--platform linux/amd64|--podman_base_url x|--profile main|-p infra -p main|--pull|--nopull|--push
  |--nopush|--push-threads 2|--quiet|-q|--noquiet|--registry x|--repos-yaml x|--retries 1|-r 1|--save-dependency x
  |--shell_completion bash|--skip-existing|--noskip-existing|--skip-parents|--noskip-parents|--squash|--nosquash
  |--summary|--nosummary|--summary-json-file x|--tag x|--tarballs-base x|--template-only|--notemplate-only
  |--template-override x|--threads 2|-T 2|--timeout 5|--use-dumb-init|--nouse-dumb-init|--work-dir x|--buildkit
  |--buildkit-builder x|glance ^nova-
`
  .split("|")
  .map((text) => text.trim());

/** Keys of kolla-build.conf that are no flags. */
const BUILD_CONF = `
  allowed_to_fail apt_preferences apt_sources_list base_package_type clean_package_cache distro_package_manager
  maintainer pip_extra_index_url pip_index_url pip_trusted_host rpm_setup_config squash_cleanup squash_tmp_dir
`
  .trim()
  .split(/\s+/);

/** What a command line comes to, with nothing done: the verb and its flags, or the refusal. */
async function outcome(line: string): Promise<{ verb: string; flags: Record<string, unknown> }> {
  const program = makeProgram("0");
  let found: { verb: string; flags: Record<string, unknown> } | undefined;
  for (const command of commandsBelow(program)) {
    command.configureOutput({
      writeErr: () => undefined,
      writeOut: () => undefined,
      outputError: () => undefined,
    });
    if (!(command.name() in ABSENT_VERBS))
      command.action(() => {
        found = { verb: command.name(), flags: command.opts() };
      });
  }
  await program.parseAsync(normalArguments(line.split(" "), program), { from: "user" });
  if (!found) throw new Error(`${line} led to no verb`);
  return found;
}

function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...commandsBelow(each)]);
}

async function refusal(line: string): Promise<unknown> {
  return outcome(line).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("kolla-ansible's command line", () => {
  const present = Object.keys(VERBS).filter((verb) => !(verb in ABSENT_VERBS));

  test.each(Object.entries(VERBS).filter(([verb]) => verb in ABSENT_VERBS))(
    "%s is refused by name, whatever comes with it",
    async (verb, own) => {
      for (const options of ["", ...own, ...COMMON]) {
        const error = await refusal(`${verb} ${options}`.trim());
        expect(error, `${verb} ${options}`).toBeInstanceOf(KollaError);
        expect((error as KollaError).code).toBe("KOLLA_USAGE_VERB_ABSENT");
        expect((error as KollaError).message).toContain(verb);
        expect((error as KollaError).hint, verb).toMatch(/\w/);
      }
    },
  );

  test.each(present)("%s takes every option that it has with Kolla-Ansible", async (verb) => {
    for (const options of [...(VERBS[verb] ?? []), ...COMMON, ...GLOBAL])
      expect((await outcome(`${verb} ${options}`)).verb, options).toBe(verb);
  });

  test("options stand before the verb as well as after it, in one order", async () => {
    const { verb, flags } = await outcome("-vv -i one --debug -e a=1 deploy -i two -e a=2 --log-file log");
    expect(verb).toBe("deploy");
    expect(flags).toMatchObject({
      inventory: ["one", "two"],
      extraVars: ["a=1", "a=2"],
      verbose: 2,
      debug: true,
      logFile: "log",
    });
  });

  test("the beginning of an option is enough when only one can be meant", async () => {
    const { flags } = await outcome("deploy --inv one --lim=control --config /x");
    expect(flags).toMatchObject({ inventory: ["one"], limit: "control", configdir: "/x" });
    expect(await refusal("deploy --vault x")).toBeInstanceOf(CommanderError);
  });

  test("-lt lists the plan and is not --limit t", async () => {
    expect((await outcome("deploy -lt")).flags).toMatchObject({ listTasks: true });
    expect((await outcome("deploy -lt")).flags.limit).toBeUndefined();
  });

  test.each(["deplyo", "deploy --no-such-option", "deploy --limit"])(
    "a slip is refused as usage: %s",
    async (line) => {
      expect(await refusal(line)).toBeInstanceOf(CommanderError);
    },
  );
});

describe("kolla-genpwd's and kolla-mergepwd's command lines", () => {
  test.each(["genpwd -p x", "genpwd --passwords x", "mergepwd --old a --new b --final c --clean"])(
    "%s is taken",
    async (line) => {
      expect(line.startsWith((await outcome(line)).verb)).toBe(true);
    },
  );
});

describe("kolla-build's command line", () => {
  test.each(BUILD)("%s is taken", async (options) => {
    expect((await outcome(`build ${options}`)).verb).toBe("build");
  });

  test.each(BUILD_CONF)("the key %s of kolla-build.conf is known", (key) => {
    const files = [{ path: "kolla-build.conf", text: `[DEFAULT]\n${key} = x\n` }];
    let message = "";
    try {
      resolveBuildOptions({ root: "/kolla", files });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toContain("KOLLA_BUILD_OPTION_UNKNOWN");
    expect(message).not.toContain("There is no build option");
  });
});
