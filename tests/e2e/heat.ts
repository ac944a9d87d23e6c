import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { CloudClient, eventually } from "../../src/app/quickstart/cloud-client.ts";

const TEMPLATE = join(import.meta.dirname, "heat.yaml");
const NAME = "kolla-e2e";
/** How long each of its acts may take, in seconds. */
const PATIENCE = 240;
/** What a server says that is ready. */
const SIGNAL = '{"status": "SUCCESS", "reason": "told", "data": "it works"}';
/** What stacks of the template leave nothing of: an API's type, a path, and the key of its list. */
const MADE = [
  ["compute", "/servers?all_tenants=1", "servers"],
  ["network", "/v2.0/networks", "networks"],
  ["network", "/v2.0/routers", "routers"],
  ["network", "/v2.0/ports", "ports"],
  ["network", "/v2.0/floatingips", "floatingips"],
  ["network", "/v2.0/security-groups", "security_groups"],
] as const;

type Named = { id: string; name: string };

/** What became of a stack. */
export interface StackStory {
  created: string;
  /** What the condition was told, by a signed URL of the API for signals. */
  said: string;
  pinged: boolean;
  deleted: string;
  /** What the stack left behind. */
  left: string[];
}

/** How all ends well. */
export const GOOD_STORY: StackStory = {
  created: "CREATE_COMPLETE",
  said: '{"1": "it works"}',
  pinged: true,
  deleted: "DELETE_COMPLETE",
  left: [],
};

/**
 * Makes a stack of heat.yaml on the cloud of an operator's directory, signals as its server would, pings its floating
 * address, and deletes it. Throws as CloudClient does, and when the stack fails or nothing comes of it.
 */
export async function storyOfAStack(configDirectory: string): Promise<StackStory> {
  const cloud = await CloudClient.signIn(join(configDirectory, "clouds.yaml"), "kolla-admin-internal");
  const before = await all(cloud);
  const path = await make(cloud);
  try {
    const signal = await eventually("the address for signals", PATIENCE, async () => {
      await ended(cloud, path, "CREATE");
      return output(cloud, path, "signal");
    });
    await tell((JSON.parse(signal) as { alarm_url: string }).alarm_url);
    const created = await eventually("the stack made", PATIENCE, () => ended(cloud, path, "CREATE"));
    const said = await eventually("what was said", PATIENCE, () => output(cloud, path, "said"));
    const address = await eventually("a floating IP", PATIENCE, () => output(cloud, path, "address"));
    const pinged = await eventually("an answer", PATIENCE, () => answers(address)).catch(() => false);
    await cloud.request("DELETE", "orchestration", path);
    const deleted = await eventually("the stack gone", PATIENCE, () => ended(cloud, path, "DELETE"));
    const left = (await all(cloud)).filter((each) => !before.includes(each));
    return { created, said, pinged: pinged !== false, deleted, left };
  } catch (error) {
    await cloud.request("DELETE", "orchestration", path);
    throw error;
  }
}

/** Signals at a signed URL, as a server does that has no account of the cloud. */
async function tell(url: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "PUT", headers, body: SIGNAL });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}: ${await answer.text()}`);
}

async function make(cloud: CloudClient): Promise<string> {
  const template = readFileSync(TEMPLATE, "utf8");
  const parameters = { image: "kolla-test", flavor: "kolla.test", public: "public1" };
  const wanted = { stack_name: NAME, template, parameters, timeout_mins: 10 };
  const { stack } = (await cloud.request("POST", "orchestration", "/stacks", wanted)) as { stack: Named };
  return `/stacks/${NAME}/${stack.id}`;
}

/** The stack's state once it has ended what it does; a failure is thrown with its reason. */
async function ended(cloud: CloudClient, path: string, action: string): Promise<string | undefined> {
  const { stack } = (await cloud.request("GET", "orchestration", path)) as {
    stack: { stack_status: string; stack_status_reason: string };
  };
  const { stack_status: status, stack_status_reason: reason } = stack;
  if (status === `${action}_FAILED`) throw new Error(`${status}: ${reason}`);
  return status === `${action}_COMPLETE` ? status : undefined;
}

/** An output of the stack as text, once it has a value. */
async function output(cloud: CloudClient, path: string, name: string): Promise<string | undefined> {
  const { output: found } = (await cloud.request("GET", "orchestration", `${path}/outputs/${name}`)) as {
    output: { output_value?: string | null };
  };
  return found.output_value ?? undefined;
}

async function answers(address: string): Promise<true | undefined> {
  const { exitCode } = await execa("ping", ["-c", "1", "-W", "2", address], { reject: false });
  return exitCode === 0 ? true : undefined;
}

async function all(cloud: CloudClient): Promise<string[]> {
  const lists = MADE.map(async ([type, path, key]) => {
    const found = (await cloud.request("GET", type, path))[key] as Named[];
    return found.map(({ id, name }) => `${key} ${name} ${id}`);
  });
  return (await Promise.all(lists)).flat();
}
