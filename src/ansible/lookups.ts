import { type LookupAnswer, type LookupQuestion, lookupKey } from "#model";
import { groupBy, invariant } from "#support";
import { readOperatorDirectory } from "../config/index.ts";
import { playPlaybook } from "./playbook.ts";
import type { AnsibleSettings } from "./settings.ts";
import { type Workspace, withWorkspace } from "./workspace.ts";

/**
 * Lets Ansible's own lookup plugins answer, each question with the variables of its host. Nothing is done on a host.
 * Answers are by `lookupKey`. Throws what `playPlaybook` throws.
 */
export async function askLookups(
  settings: AnsibleSettings,
  questions: readonly LookupQuestion[],
): Promise<Record<string, LookupAnswer>> {
  const files = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  const byHost = groupBy(questions, ({ host }) => host);
  return withWorkspace(async (workspace) => {
    for (const [host, asked] of byHost)
      await workspace.write(workspace.hostFile(host, "lookups.json"), JSON.stringify(asked));
    await playPlaybook({
      settings,
      playbook: "lookup",
      files,
      variables: { kolla_carrier_directory: workspace.directory, kolla_carrier_hosts: [...byHost.keys()] },
      workspace,
      onEvent: () => undefined,
    });
    const answered = [...byHost].map(([host, asked]) => answersOf(workspace, host, asked));
    return Object.fromEntries((await Promise.all(answered)).flat());
  });
}

async function answersOf(
  workspace: Workspace,
  host: string,
  asked: readonly LookupQuestion[],
): Promise<[string, LookupAnswer][]> {
  const answers = await workspace.readJson(workspace.hostFile(host, "answers.json"));
  invariant(Array.isArray(answers), `no lookups were answered for ${host}`);
  return asked.map((question, index) => [lookupKey(question), answers[index] as LookupAnswer]);
}
