import { readOperatorDirectory } from "../config/index.ts";
import { noAnswer, type PlaybookOutcome, playPlaybook } from "./playbook.ts";
import type { AnsibleSettings, OnEvent, Unreachable } from "./settings.ts";
import { withWorkspace } from "./workspace.ts";

export type Answers = Readonly<Record<string, { answer: unknown } | Unreachable>>;

/**
 * Asks the agent of each named host one question ("status", "logs", "destroy"); `input` becomes a file on the host
 * whose path follows the verb, undefined means a verb without a file. Throws what `playPlaybook` throws.
 */
export async function runAgentVerb(
  settings: AnsibleSettings,
  verb: string,
  perHostInput: Readonly<Record<string, unknown>>,
  onEvent: OnEvent,
  signal?: AbortSignal,
): Promise<Answers> {
  const hosts = Object.keys(perHostInput);
  if (hosts.length === 0) return {};
  const files = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  return withWorkspace(async (workspace) => {
    for (const [host, input] of Object.entries(perHostInput))
      if (input !== undefined)
        await workspace.write(workspace.hostFile(host, "input.json"), JSON.stringify(input));
    const outcome = await playPlaybook({
      settings,
      playbook: "agent",
      files,
      variables: {
        kolla_carrier_directory: workspace.directory,
        kolla_carrier_agent_image: settings.agentImage,
        kolla_carrier_hosts: hosts,
        kolla_carrier_run: `${verb}-${process.pid}-${Date.now()}`,
        kolla_carrier_verb: verb,
      },
      workspace,
      onEvent,
      ...(signal ? { signal } : {}),
    });
    const answers = hosts.map(async (host) => {
      const answer = await workspace.readJson(workspace.hostFile(host, "answer.json"));
      return [host, answer === undefined ? noAnswer(host, outcome) : { answer }] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  });
}

/**
 * Runs a playbook of ours ("bootstrap-servers", "destroy") over the hosts of --limit, with these variables on top.
 * `input`: what the agent of every host is given where the playbook asks it something.
 */
export async function runPlaybook(
  settings: AnsibleSettings,
  name: string,
  { variables, input }: { variables: Readonly<Record<string, unknown>>; input?: unknown },
  onEvent: OnEvent,
  signal?: AbortSignal,
): Promise<PlaybookOutcome> {
  const files = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  const limit = settings.limit ? ["--limit", settings.limit] : [];
  return withWorkspace(async (workspace) => {
    if (input !== undefined) await workspace.write(workspace.path("input.json"), JSON.stringify(input));
    return playPlaybook({
      settings: { ...settings, extraFlags: [...limit, ...settings.extraFlags] },
      playbook: name,
      files,
      variables: {
        kolla_carrier_directory: workspace.directory,
        kolla_carrier_agent_image: settings.agentImage,
        kolla_carrier_run: `${name}-${process.pid}-${Date.now()}`,
        ...variables,
      },
      workspace,
      onEvent,
      ...(signal ? { signal } : {}),
    });
  });
}
