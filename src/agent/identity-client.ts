import type { IdentityAdmin } from "#model";
import { KollaError } from "#support";
import { type Answer, type Ask, askPatiently } from "./http.ts";

/** How long the identity service may take to answer at all, in seconds. */
const PATIENCE = 60;

/** Requests to the cloud's APIs, with a token of one account. */
export interface Client {
  /** The token that requests carry. Throws KOLLA_API when it is refused, KOLLA_HTTP when nobody answers. */
  token(): Promise<string>;
  /** The answer, whatever its status. */
  send(method: NonNullable<Ask["method"]>, url: string, json?: unknown): Promise<Answer>;
  /** The answer's JSON. Throws KOLLA_API for a status from 400 on, KOLLA_API_CONFLICT for 409. */
  call<T>(method: NonNullable<Ask["method"]>, url: string, json?: unknown): Promise<T>;
}

const tokens = new Map<string, Promise<string>>();

/** A client whose token is fetched once and shared by all that ask as the same account. `caFile`: as this process opens it. */
export function identityClient(
  admin: IdentityAdmin,
  caFile: string | undefined,
  patienceSeconds = PATIENCE,
): Client {
  const token = (): Promise<string> => tokens.get(accountOf(admin)) ?? fresh();
  const fresh = (): Promise<string> => {
    const asked = fetchToken(admin, caFile, patienceSeconds);
    tokens.set(accountOf(admin), asked);
    asked.catch(() => tokens.delete(accountOf(admin)));
    return asked;
  };
  const sendWith = (bearer: string, method: NonNullable<Ask["method"]>, url: string, json: unknown) =>
    askPatiently(
      {
        method,
        url,
        headers: { "X-Auth-Token": bearer },
        ...(json !== undefined && { json }),
        ...(caFile !== undefined && { caFile }),
      },
      patienceSeconds,
    );
  const send: Client["send"] = async (method, url, json) => {
    const answer = await sendWith(await token(), method, url, json);
    return answer.status === 401 ? sendWith(await fresh(), method, url, json) : answer;
  };
  return {
    token,
    send,
    call: async <T>(method: NonNullable<Ask["method"]>, url: string, json?: unknown) =>
      jsonOf<T>(await send(method, url, json), `${method} ${url}`),
  };
}

function accountOf({ authUrl, user, project, domain }: IdentityAdmin): string {
  return [authUrl, user, project, domain].join(" ");
}

/** A token of an account scoped to its project. Throws KOLLA_API when it is refused. */
async function fetchToken(
  admin: IdentityAdmin,
  caFile: string | undefined,
  patienceSeconds: number,
): Promise<string> {
  const domain = { name: admin.domain };
  const user = { name: admin.user, domain, password: admin.password };
  const scope = { project: { name: admin.project, domain } };
  const json = { auth: { identity: { methods: ["password"], password: { user } }, scope } };
  const url = `${admin.authUrl}/v3/auth/tokens`;
  const answer = await askPatiently(
    { method: "POST", url, json, ...(caFile !== undefined && { caFile }) },
    patienceSeconds,
  );
  jsonOf(answer, `a token for ${admin.user}`);
  return answer.headers["x-subject-token"] ?? "";
}

function jsonOf<T>(answer: Answer, what: string): T {
  if (answer.status < 400) return (answer.text === "" ? {} : parsed(answer.text)) as T;
  throw new KollaError({
    code: answer.status === 409 ? "KOLLA_API_CONFLICT" : "KOLLA_API",
    message: `${what} was answered with ${answer.status}: ${errorOf(answer.text)}`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new KollaError({ code: "KOLLA_API", message: "The answer is not JSON", cause });
  }
}

/** OpenStack says what is wrong in {"error": {"message": …}}; a load balancer answers HTML. */
export function errorOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? text.slice(0, 200);
  } catch {
    return text
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 200);
  }
}
