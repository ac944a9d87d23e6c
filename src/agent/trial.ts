import { type IdentityAdmin, TURN_SECONDS, type Turns } from "#model";
import { type Ground, hostPath } from "./ground.ts";
import { askPatiently } from "./http.ts";
import { errorOf, identityClient } from "./identity-client.ts";

/**
 * Why a healthy generation on this port cannot have its turn all the same: it answers a real request with an error of its
 * own, again and again, or not at all. Undefined when it answers, or when nothing is asked.
 */
export async function whyNoAnswer(
  ground: Ground,
  trial: Turns["trial"],
  port: number | undefined,
): Promise<string | undefined> {
  if (!trial || port === undefined) return undefined;
  const { address, path, json, account } = trial;
  const token = account && (await tokenOf(ground, account));
  const asked = {
    url: `http://${address}:${port}${path}`,
    ...(token !== undefined && { headers: { "X-Auth-Token": token } }),
    ...(json !== undefined && { method: "POST" as const, json }),
  };
  try {
    const { status, text } = await askPatiently(asked, TURN_SECONDS.tried);
    if (status < 500) return undefined;
    const answers = `answers ${status} to ${json === undefined ? "GET" : "POST"} ${path}`;
    return [answers, errorOf(text)].filter(Boolean).join(": ");
  } catch (error) {
    return (error as Error).message;
  }
}

/** None where the account has changed or nobody gives tokens: that is no fault of the generation, which is asked without. */
function tokenOf(ground: Ground, account: IdentityAdmin): Promise<string | undefined> {
  const caFile = account.caFile === undefined ? undefined : hostPath(ground, account.caFile);
  return identityClient(account, caFile, TURN_SECONDS.tried)
    .token()
    .catch(() => undefined);
}
