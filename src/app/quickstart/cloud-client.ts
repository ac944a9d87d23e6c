import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { KollaError, sleep } from "#support";

interface CloudEntry {
  auth: Record<string, string>;
  region_name: string;
  interface: string;
}

interface CatalogueEntry {
  type: string;
  endpoints: { interface: string; region: string; url: string }[];
}

type Json = Record<string, unknown>;

const REQUEST_SECONDS = 60;

/** A small client of OpenStack's HTTP APIs: a token, the catalogue, and JSON requests by service type. */
export class CloudClient {
  readonly #entry: CloudEntry;
  readonly #token: string;
  readonly #catalogue: readonly CatalogueEntry[];
  readonly projectId: string;

  private constructor(
    entry: CloudEntry,
    token: string,
    catalogue: readonly CatalogueEntry[],
    projectId: string,
  ) {
    this.#entry = entry;
    this.#token = token;
    this.#catalogue = catalogue;
    this.projectId = projectId;
  }

  /** Signs in with an entry of clouds.yaml. Throws KOLLA_CLOUD_REQUEST when Keystone refuses. */
  static async signIn(cloudsPath: string, name: string): Promise<CloudClient> {
    const { clouds } = parse(readFileSync(cloudsPath, "utf8")) as { clouds: Record<string, CloudEntry> };
    const entry = clouds[name];
    if (!entry)
      throw new KollaError({ code: "KOLLA_CLOUD_UNKNOWN", message: `${cloudsPath} has no cloud ${name}` });
    const response = await ask("POST", tokenUrl(entry), {}, JSON.stringify(authBody(entry)));
    const { token } = (await response.json()) as {
      token: { catalog: CatalogueEntry[]; project: { id: string } };
    };
    return new CloudClient(
      entry,
      response.headers.get("x-subject-token") ?? "",
      token.catalog,
      token.project.id,
    );
  }

  /** What a request is signed with. */
  get headers(): Readonly<Record<string, string>> {
    return { "x-auth-token": this.#token };
  }

  /** Where a token is asked for, and with what. */
  get tokenRequest(): { url: string; json: Json } {
    return { url: tokenUrl(this.#entry), json: authBody(this.#entry) };
  }

  /** URL of a service by its type in the catalogue. */
  endpoint(type: string): string {
    const found = this.#catalogue
      .find((service) => service.type === type)
      ?.endpoints.find(
        (each) => each.interface === this.#entry.interface && each.region === this.#entry.region_name,
      );
    if (!found)
      throw new KollaError({
        code: "KOLLA_CLOUD_UNKNOWN",
        message: `the catalogue has no ${this.#entry.interface} endpoint of type ${type}`,
      });
    return found.url.replace(/\/$/, "");
  }

  /** One request; JSON in and out. Throws KOLLA_CLOUD_REQUEST with the service's own words on any status from 400. */
  async request(method: string, type: string, path: string, body?: Json): Promise<Json> {
    const response = await ask(
      method,
      `${this.endpoint(type)}${path}`,
      { ...this.headers, "content-type": "application/json" },
      body && JSON.stringify(body),
    );
    const answer = await response.text();
    return answer ? (JSON.parse(answer) as Json) : {};
  }

  /** Uploads bytes (an image's content). */
  async upload(type: string, path: string, bytes: Uint8Array): Promise<void> {
    await ask(
      "PUT",
      `${this.endpoint(type)}${path}`,
      { ...this.headers, "content-type": "application/octet-stream" },
      bytes,
    );
  }

  /** The first element of a listing that has this name, or undefined. */
  async named(type: string, path: string, key: string, name: string): Promise<Json | undefined> {
    const listing = (await this.request("GET", type, path))[key] as Json[];
    return listing.find((each) => each.name === name);
  }
}

const tokenUrl = ({ auth }: CloudEntry): string => `${auth.auth_url}/v3/auth/tokens`;

function authBody(entry: CloudEntry): Json {
  const { auth } = entry;
  const user = {
    name: auth.username,
    password: auth.password,
    domain: { name: auth.user_domain_name },
  };
  const scope = { project: { name: auth.project_name, domain: { name: auth.project_domain_name } } };
  return { auth: { identity: { methods: ["password"], password: { user } }, scope } };
}

async function ask(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string | Uint8Array,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(REQUEST_SECONDS * 1000),
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    throw new KollaError({
      code: "KOLLA_CLOUD_REQUEST",
      message: `${method} ${url}: no answer (${(error as Error).cause ?? error})`,
      cause: error,
    });
  }
  if (response.status < 400) return response;
  const words = (await response.text()).slice(0, 500);
  throw new KollaError({
    code: "KOLLA_CLOUD_REQUEST",
    message: `${method} ${url}: ${response.status} ${words}`,
  });
}

/**
 * Asks again every second until `question` gives something other than undefined.
 * Throws KOLLA_CLOUD_WAIT with what was waited for after so many seconds.
 */
export async function eventually<T>(
  what: string,
  seconds: number,
  question: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new KollaError({ code: "KOLLA_CLOUD_WAIT", message: `${what}: not within ${seconds} s` });
    await sleep(1);
  }
}
