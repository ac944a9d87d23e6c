import { services } from "../../services/index.generated.ts";
import { type AnsibleSettings, type Resolution, resolveSite } from "../ansible/index.ts";
import { kernelModulesOf } from "../compile/index.ts";

/** Resolves the operator's variables, and looks at the chosen hosts for what services ask. Throws what `resolveSite` throws. */
export function resolveAndObserve(settings: AnsibleSettings): Promise<Resolution> {
  return resolveSite(settings, { kernelModules: kernelModulesOf(services) }, () => undefined);
}
