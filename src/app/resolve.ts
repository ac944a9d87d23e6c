import { services } from "../../services/index.generated.ts";
import { type AnsibleSettings, type HostQuestions, type Resolution, resolveSite } from "../ansible/index.ts";
import { kernelModulesOf } from "../compile/index.ts";

/**
 * Resolves the operator's variables, and looks at the chosen hosts for what services ask, and for what they remember
 * where `more` asks for it. Throws what `resolveSite` throws.
 */
export function resolveAndObserve(
  settings: AnsibleSettings,
  more: Pick<HostQuestions, "records"> = {},
): Promise<Resolution> {
  return resolveSite(settings, { kernelModules: kernelModulesOf(services), ...more }, () => undefined);
}
