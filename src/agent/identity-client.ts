import type { IdentityAdmin } from "#model";
import { KollaError } from "#support";
import { type Answer, type Ask, ask, askPatiently } from "./http.ts";

/** How long the identity service may take to answer at all, in seconds. */
const PATIENCE = 60;

/** Requests to the identity API, version 3, and with its token to others, as one account. */
export interface Client {
  /** The answer, whatever its status. */
  send(method: NonNullable<Ask["method"]>, path: string, json?: unknown): Promise<Answer>;
  /** The answer's JSON. A path below /v3, or a whole URL of another API. Throws KOLLA_API for a status from 400 on. */
  call<T>(method: NonNullable<Ask["method"]>, path: string, json?: unknown): Promise<T>;
}

const tokens = new Map<string, Promise<string>>();

/** A client whose token is fetched once and shared by all that ask as the same account. `caFile`: as this process opens it. */
export function identityClient(
  admin: IdentityAdmin,
  caFile: string | undefined,
  patienceSeconds = PATIENCE,
): Client {
  const account = [admin.authUrl, admin.user, admin.project, admin.domain].join(" ");
  const fresh = (): Promise<string> => {
    const token = fetchToken(admin, caFile, patienceSeconds);
    tokens.set(account, token);
    token.catch(() => tokens.delete(account));
    return token;
  };
  const sendWith = (token: string, method: NonNullable<Ask["method"]>, path: string, json: unknown) =>
    askPatiently(
      {
        method,
        url: path.startsWith("http") ? path : `${admin.authUrl}/v3${path}`,
        headers: { "X-Auth-Token": token },
        ...(json !== undefined && { json }),
        ...(caFile !== undefined && { caFile }),
      },
      patienceSeconds,
    );
  const send: Client["send"] = async (method, path, json) => {
    const answer = await sendWith(await (tokens.get(account) ?? fresh()), method, path, json);
    return answer.status === 401 ? sendWith(await fresh(), method, path, json) : answer;
  };
  return {
    send,
    call: async <T>(method: NonNullable<Ask["method"]>, path: string, json?: unknown) =>
      jsonOf<T>(await send(method, path, json), `${method} ${path}`),
  };
}

/** A token of an account scoped to its project. Throws KOLLA_API when it is refused. */
async function fetchToken(
  admin: IdentityAdmin,
  caFile: string | undefined,
  patienceSeconds: number,
): Promise<string> {
  const domain = { name: admin.domain };
  const json = authBody(
    { name: admin.user, domain, password: admin.password },
    { project: { name: admin.project, domain } },
  );
  const url = `${admin.authUrl}/v3/auth/tokens`;
  const answer = await askPatiently(
    { method: "POST", url, json, ...(caFile !== undefined && { caFile }) },
    patienceSeconds,
  );
  jsonOf(answer, `a token for ${admin.user}`);
  return answer.headers["x-subject-token"] ?? "";
}

/** Whether an account of the domain `default` has this password already: setting it again would end its sessions. */
export async function hasPassword(
  admin: IdentityAdmin,
  caFile: string | undefined,
  name: string,
  password: string,
): Promise<boolean> {
  const json = authBody({ name, domain: { id: "default" }, password });
  const url = `${admin.authUrl}/v3/auth/tokens`;
  const answer = await ask({ method: "POST", url, json, ...(caFile !== undefined && { caFile }) });
  return answer.status === 201;
}

function authBody(user: object, scope?: object): object {
  return { auth: { identity: { methods: ["password"], password: { user } }, ...(scope && { scope }) } };
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
