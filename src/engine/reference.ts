export interface ImageReference {
  /** With registry and namespace: "registry:4000/kolla/base". */
  name: string;
  /** "latest" where none is written. */
  tag: string;
  /** "sha256:…" */
  digest?: string;
}

/** Takes a reference apart; a colon before a slash belongs to the registry's port. */
export function parseReference(reference: string): ImageReference {
  const [body = "", digest] = reference.split("@");
  const colon = body.lastIndexOf(":");
  const tagged = colon > body.lastIndexOf("/");
  const name = tagged ? body.slice(0, colon) : body;
  const tag = tagged ? body.slice(colon + 1) : "latest";
  return digest === undefined ? { name, tag } : { name, tag, digest };
}
