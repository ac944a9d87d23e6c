/** A request to an API, below its endpoint. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  json?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Status of the answer when all is well. */
  expect: number;
}

/** A thing that clients make, change and take away. */
export interface Thing {
  make: (name: string) => Call;
  /** Its id, in the answer to that. */
  idIn: (answer: Body) => unknown;
  /** Absent: the API has no change of it. */
  change?: (id: string, name: string) => Call;
  remove: (id: string) => Call;
  /** Path of a listing of all of them, and its key. */
  list: { path: string; key: string; id: string };
}

/** What a request was answered, as JSON. */
export type Body = Readonly<Record<string, unknown>>;

/** An API that is under load. */
export interface Subject {
  /** The container that serves it. */
  api: string;
  /** Its type in the catalogue; absent: it is not in it. */
  type?: string;
  /** What readers ask for; absent: a token. */
  read?: Call;
  /** What writers write. */
  thing?: Thing;
  /** What large contents are uploaded into. */
  upload?: Thing;
}

const get = (path: string): Call => ({ method: "GET", path, expect: 200 });

/** With the id in a field "id" of an object in the answer, as most APIs have it. */
const inside =
  (key: string) =>
  (answer: Body): unknown =>
    (answer[key] as Body | undefined)?.id;

const PROJECT: Thing = {
  make: (name) => ({ method: "POST", path: "/v3/projects", json: { project: { name } }, expect: 201 }),
  idIn: inside("project"),
  change: (id, name) => ({
    method: "PATCH",
    path: `/v3/projects/${id}`,
    json: { project: { description: `changed ${name}` } },
    expect: 200,
  }),
  remove: (id) => ({ method: "DELETE", path: `/v3/projects/${id}`, expect: 204 }),
  list: { path: "/v3/projects", key: "projects", id: "id" },
};

/** No content: only its record. A listing has 25 images to a page unless it is told otherwise. */
const IMAGE: Thing = {
  make: (name) => ({ method: "POST", path: "/v2/images", json: { name }, expect: 201 }),
  idIn: ({ id }) => id,
  change: (id, name) => ({
    method: "PATCH",
    path: `/v2/images/${id}`,
    json: [{ op: "add", path: "/changed", value: name }],
    headers: { "Content-Type": "application/openstack-images-v2.1-json-patch" },
    expect: 200,
  }),
  remove: (id) => ({ method: "DELETE", path: `/v2/images/${id}`, expect: 204 }),
  list: { path: "/v2/images?limit=1000", key: "images", id: "id" },
};

/** One that a content can be uploaded into. */
const UPLOAD: Thing = {
  ...IMAGE,
  make: (name) => ({
    method: "POST",
    path: "/v2/images",
    json: { name, disk_format: "raw", container_format: "bare" },
    expect: 201,
  }),
};

/** From this version on the answer to a POST has the id in it. */
const PLACEMENT = { "OpenStack-API-Version": "placement 1.20" };

/** The change names the provider's generation: done twice, the second is refused with a 409. */
const PROVIDER: Thing = {
  make: (name) => ({
    method: "POST",
    path: "/resource_providers",
    json: { name },
    headers: PLACEMENT,
    expect: 200,
  }),
  idIn: ({ uuid }) => uuid,
  change: (id) => ({
    method: "PUT",
    path: `/resource_providers/${id}/inventories`,
    json: { resource_provider_generation: 0, inventories: { VCPU: { total: 1 } } },
    headers: PLACEMENT,
    expect: 200,
  }),
  remove: (id) => ({ method: "DELETE", path: `/resource_providers/${id}`, headers: PLACEMENT, expect: 204 }),
  list: { path: "/resource_providers", key: "resource_providers", id: "uuid" },
};

const SERVER_GROUP: Thing = {
  make: (name) => ({
    method: "POST",
    path: "/os-server-groups",
    json: { server_group: { name, policies: ["affinity"] } },
    expect: 200,
  }),
  idIn: inside("server_group"),
  remove: (id) => ({ method: "DELETE", path: `/os-server-groups/${id}`, expect: 204 }),
  list: { path: "/os-server-groups", key: "server_groups", id: "id" },
};

const NETWORK: Thing = {
  make: (name) => ({ method: "POST", path: "/v2.0/networks", json: { network: { name } }, expect: 201 }),
  idIn: inside("network"),
  change: (id, name) => ({
    method: "PUT",
    path: `/v2.0/networks/${id}`,
    json: { network: { description: `changed ${name}` } },
    expect: 200,
  }),
  remove: (id) => ({ method: "DELETE", path: `/v2.0/networks/${id}`, expect: 204 }),
  list: { path: "/v2.0/networks?fields=id&fields=name", key: "networks", id: "id" },
};

/** The APIs of a cloud with the usual services, and what clients do there. */
export const SUBJECTS: readonly Subject[] = [
  { api: "keystone", type: "identity", thing: PROJECT },
  { api: "glance_api", type: "image", read: get("/v2/images"), thing: IMAGE, upload: UPLOAD },
  { api: "placement_api", type: "placement", read: get("/resource_providers"), thing: PROVIDER },
  { api: "nova_api", type: "compute", read: get("/servers"), thing: SERVER_GROUP },
  { api: "nova_metadata", read: get("/") },
  { api: "neutron_server", type: "network", read: get("/v2.0/networks"), thing: NETWORK },
];
