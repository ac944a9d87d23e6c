import { execa } from "execa";
import { KollaError } from "#support";
import { type CloudClient, eventually } from "./cloud-client.ts";

type Json = Record<string, unknown>;

export interface ServerReport {
  name: string;
  status: string;
  fixedIp: string;
  floatingIp: string;
  lease: string;
  metadata: string;
  ping: string;
  /** The command that logs in. */
  login: string;
}

export interface ServerWish {
  name: string;
  image: string;
  flavor: string;
  network: string;
  externalNetwork: string;
  keypair: string;
  /** File of the private key. */
  keyFile: string;
}

const ACTIVE_SECONDS = 180;
const CONSOLE_SECONDS = 240;
const PING_SECONDS = 60;

/**
 * Boots a server, or takes the one of that name, started if its host's power was cut, and reads from it what proves that it works:
 * ACTIVE, its lease, its metadata, and a ping of its floating IP. Throws with the cause when one of them fails.
 */
export async function bootServer(
  cloud: CloudClient,
  wish: ServerWish,
  say: (words: string) => void,
): Promise<ServerReport> {
  const server = await findOrCreate(cloud, wish);
  const id = String(server.id);
  if (await startStopped(cloud, id)) say(`server ${wish.name}: started, it was shut off`);
  const active = await awaitActive(cloud, id, wish.name);
  say(`server ${wish.name}: ACTIVE`);
  const { fixedIp, floatingIp } = await giveFloatingIp(cloud, id, wish.externalNetwork);
  say(`floating IP: ${floatingIp}`);
  const output = await awaitConsole(cloud, id);
  const ping = await pingOf(floatingIp);
  return {
    name: wish.name,
    status: String(active.status),
    fixedIp,
    floatingIp,
    lease: lineOf(output, "lease"),
    metadata: lineOf(output, "metadata"),
    ping,
    login: loginAt(floatingIp, wish.keyFile),
  };
}

/** The command that logs in to a server at its floating IP with the private key in a file. */
export const loginAt = (floatingIp: string, keyFile: string): string =>
  `ssh -i ${keyFile} root@${floatingIp}`;

async function findOrCreate(cloud: CloudClient, wish: ServerWish): Promise<Json> {
  const found = await cloud.named("compute", "/servers", "servers", wish.name);
  if (found) return found;
  const flavor = await cloud.named("compute", "/flavors", "flavors", wish.flavor);
  const body = {
    name: wish.name,
    imageRef: wish.image,
    flavorRef: flavor?.id,
    key_name: wish.keypair,
    networks: [{ uuid: wish.network }],
    user_data: Buffer.from("hello from kolla\n").toString("base64"),
  };
  return (await cloud.request("POST", "compute", "/servers", { server: body })).server as Json;
}

/** Nova leaves the servers of a host that lost its power shut off. Returns whether this one was. */
async function startStopped(cloud: CloudClient, id: string): Promise<boolean> {
  const server = (await cloud.request("GET", "compute", `/servers/${id}`)).server as Json;
  if (server.status !== "SHUTOFF") return false;
  await cloud.request("POST", "compute", `/servers/${id}/action`, { "os-start": null });
  return true;
}

async function awaitActive(cloud: CloudClient, id: string, name: string): Promise<Json> {
  return eventually(`server ${name} ACTIVE`, ACTIVE_SECONDS, async () => {
    const server = (await cloud.request("GET", "compute", `/servers/${id}`)).server as Json;
    if (server.status === "ERROR")
      throw new KollaError({
        code: "KOLLA_CLOUD_SERVER",
        message: `server ${name} went to ERROR: ${(server.fault as Json | undefined)?.message ?? "no fault given"}`,
        hint: `kolla logs nova_compute, kolla logs nova_scheduler; once that is mended: openstack server delete ${name}`,
      });
    return server.status === "ACTIVE" ? server : undefined;
  });
}

async function giveFloatingIp(
  cloud: CloudClient,
  server: string,
  network: string,
): Promise<{ fixedIp: string; floatingIp: string }> {
  const { ports } = await cloud.request("GET", "network", `/v2.0/ports?device_id=${server}`);
  const [port] = ports as { id: string; fixed_ips: { ip_address: string }[] }[];
  if (!port) throw new KollaError({ code: "KOLLA_CLOUD_SERVER", message: "the server has no port" });
  const fixedIp = port.fixed_ips[0]?.ip_address ?? "";
  const { floatingips } = await cloud.request("GET", "network", `/v2.0/floatingips?port_id=${port.id}`);
  const [there] = floatingips as { floating_ip_address: string }[];
  if (there) return { fixedIp, floatingIp: there.floating_ip_address };
  const external = await cloud.named("network", "/v2.0/networks", "networks", network);
  const made = await cloud.request("POST", "network", "/v2.0/floatingips", {
    floatingip: { floating_network_id: external?.id, port_id: port.id },
  });
  return { fixedIp, floatingIp: String((made.floatingip as Json).floating_ip_address) };
}

/** The console's text once the guest has said that it is ready. */
async function awaitConsole(cloud: CloudClient, id: string): Promise<string> {
  let last = "";
  try {
    return await eventually("the guest's word that it is ready", CONSOLE_SECONDS, async () => {
      const answer = await cloud.request("POST", "compute", `/servers/${id}/action`, {
        "os-getConsoleOutput": {},
      });
      last = String(answer.output ?? "");
      return last.includes("kolla-test: ready") ? last : undefined;
    });
  } catch (error) {
    if (!(error instanceof KollaError) || error.code !== "KOLLA_CLOUD_WAIT") throw error;
    const tail = last.split("\n").slice(-15).join("\n  ");
    throw new KollaError({
      code: "KOLLA_CLOUD_GUEST",
      message: `${error.message}. Its console ends with:\n  ${tail}`,
      cause: error,
    });
  }
}

function lineOf(output: string, word: string): string {
  const line = output.split("\n").find((each) => each.includes(`kolla-test: ${word} `));
  if (!line)
    throw new KollaError({
      code: "KOLLA_CLOUD_GUEST",
      message: `the guest did not report its ${word}`,
      hint: "kolla logs neutron_dhcp_agent, kolla logs neutron_metadata_agent",
    });
  return line.slice(line.indexOf("kolla-test:") + "kolla-test: ".length).trim();
}

async function pingOf(address: string): Promise<string> {
  return eventually(`a ping of ${address}`, PING_SECONDS, async () => {
    const { exitCode, stdout } = await execa("ping", ["-c", "3", "-i", "0.3", "-W", "2", address], {
      reject: false,
    });
    return exitCode === 0
      ? (stdout.split("\n").find((line) => line.includes("packets transmitted")) ?? stdout)
      : undefined;
  });
}
