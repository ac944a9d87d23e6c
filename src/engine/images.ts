import { createReadStream } from "node:fs";
import { environmentOf } from "./containers.ts";
import { refusal } from "./errors.ts";
import { parseReference } from "./reference.ts";
import { type Ask, documents, inPath, type Transport } from "./transport.ts";
import type {
  Engine,
  EngineEvent,
  ImageDetails,
  ImageSummary,
  RegistryAuth,
  TransferOptions,
} from "./types.ts";

type ImageCalls = Pick<
  Engine,
  "images" | "imageId" | "inspectImage" | "pull" | "tag" | "push" | "removeImage" | "importImage"
>;

interface RawImage {
  Id: string;
  RepoTags: string[] | null;
  Size: number;
  Config: {
    Labels?: Record<string, string> | null;
    Env?: string[] | null;
    Entrypoint?: string[] | null;
    Cmd?: string[] | null;
    User?: string;
  } | null;
  RootFS: { Layers?: string[] | null };
}

interface RawEvent extends EngineEvent {
  error?: string;
  errorDetail?: { message?: string };
}

/** Seconds until a registry's first word, through the engine. */
const TRANSFER_PATIENCE = 600;

/** The part of the engine that is about images. */
export function imageCalls(transport: Transport): ImageCalls {
  const describe = (reference: string): Promise<RawImage | undefined> =>
    transport.jsonIfThere<RawImage>({
      path: `/images/${inPath(reference)}/json`,
      what: `describe ${reference}`,
    });
  return {
    images: async () =>
      (await transport.json<RawImage[]>({ path: "/images/json", what: "list images" })).map(summary),
    imageId: async (reference) => (await describe(reference))?.Id,
    inspectImage: async (reference) => {
      const raw = await describe(reference);
      return raw && details(raw);
    },
    pull: (reference, options = {}) => pull(transport, reference, options),
    push: (reference, options = {}) => push(transport, reference, options),
    tag: async (source, reference) => {
      const { name, tag } = parseReference(reference);
      await transport.json({
        method: "POST",
        path: `/images/${inPath(source)}/tag`,
        query: { repo: name, tag },
        what: `tag ${source} as ${reference}`,
      });
    },
    removeImage: async (reference, options = {}) => {
      await transport.jsonIfThere({
        method: "DELETE",
        path: `/images/${inPath(reference)}`,
        query: { force: options.force ?? false },
        what: `remove the image ${reference}`,
      });
    },
    importImage: (tar, reference, changes = []) => importImage(transport, tar, reference, changes),
  };
}

async function pull(transport: Transport, reference: string, options: TransferOptions): Promise<void> {
  const { name, tag, digest } = parseReference(reference);
  await transfer(transport, options, {
    method: "POST",
    path: "/images/create",
    query: { fromImage: name, tag: digest ?? tag },
    what: `pull ${reference}`,
  });
}

async function push(
  transport: Transport,
  reference: string,
  options: TransferOptions,
): Promise<string | undefined> {
  const { name, tag } = parseReference(reference);
  let digest: string | undefined;
  const onEvent = (event: EngineEvent): void => {
    digest = event.aux?.Digest ?? digest;
    options.onEvent?.(event);
  };
  await transfer(
    transport,
    { ...options, onEvent },
    { method: "POST", path: `/images/${inPath(name)}/push`, query: { tag }, what: `push ${reference}` },
  );
  return digest;
}

async function importImage(
  transport: Transport,
  tar: string | NodeJS.ReadableStream,
  reference: string,
  changes: readonly string[],
): Promise<string> {
  const { name, tag } = parseReference(reference);
  let id = "";
  await transfer(
    transport,
    { onEvent: (event) => (id = event.status?.startsWith("sha256:") ? event.status : id) },
    {
      method: "POST",
      path: "/images/create",
      query: { fromSrc: "-", repo: name, tag, changes },
      body: typeof tar === "string" ? createReadStream(tar) : tar,
      headers: { "Content-Type": "application/x-tar" },
      what: `import ${reference}`,
    },
  );
  return id;
}

/** Follows a transfer to its end. The status is 200 even when it fails: every event is looked at for an error. */
async function transfer(transport: Transport, options: TransferOptions, ask: Ask): Promise<void> {
  const chunks = transport.stream({
    patience: TRANSFER_PATIENCE,
    ...ask,
    headers: { ...ask.headers, "X-Registry-Auth": authHeader(options.auth) },
    ...(options.signal && { signal: options.signal }),
  });
  for await (const event of documents<RawEvent>(chunks)) {
    const message = event.errorDetail?.message ?? event.error;
    if (message !== undefined) throw refusal(message, ask.what);
    options.onEvent?.(event);
  }
}

function authHeader(auth: RegistryAuth | undefined): string {
  const body = auth
    ? { username: auth.username, password: auth.password, serveraddress: auth.serverAddress ?? "" }
    : {};
  return Buffer.from(JSON.stringify(body)).toString("base64url");
}

function summary(raw: RawImage & { Labels?: Record<string, string> | null }): ImageSummary {
  return {
    id: raw.Id,
    references: (raw.RepoTags ?? []).filter((reference) => reference !== "<none>:<none>"),
    labels: raw.Labels ?? raw.Config?.Labels ?? {},
    size: raw.Size,
  };
}

function details(raw: RawImage): ImageDetails {
  const config = raw.Config ?? {};
  return {
    ...summary(raw),
    user: config.User ?? "",
    environment: environmentOf(config.Env),
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    layers: raw.RootFS?.Layers?.length ?? 0,
  };
}
