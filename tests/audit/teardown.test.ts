import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import type { FoundDevice } from "../../src/agent/remains.ts";
import { isLeft, matchesOne, remainsOf } from "../../src/agent/remains.ts";
import { teardownsOf } from "../../src/compile/index.ts";

const teardowns = teardownsOf(services);

/** What the agent takes off a host where just these ran, or all. */
function remains(...names: readonly string[]) {
  const here = names.length > 0 ? names : teardowns.map(({ container }) => container);
  const found = here.map((name) => ({ id: name, name, image: "", imageId: "", labels: {} }) as const);
  return remainsOf(
    found.map((container) => ({ ...container, state: "running" })),
    teardowns,
  );
}

const device = (name: string, of: Partial<FoundDevice> = {}): FoundDevice => ({
  name,
  hasAddress: false,
  isKernelBridge: false,
  ...of,
});

const PORT = "1a2b3c4d-5e";
const ID = "0f5a1c0e-6a51-4b0e-9a0c-3f1f3f6b9d11";

test.each([
  ["neutron_dhcp_agent", `qdhcp-${ID}`],
  ["neutron_l3_agent", `qrouter-${ID}`],
  ["neutron_l3_agent", `snat-${ID}`],
  ["neutron_l3_agent", `fip-${ID}`],
])("the network namespace of %s goes where it ran: %s", (container, name) => {
  expect(matchesOne(name, remains(container).namespaces)).toBe(true);
  const others = teardowns.map((other) => other.container).filter((other) => other !== container);
  expect(matchesOne(name, remains(...others).namespaces)).toBe(false);
});

test.each([
  [
    "openvswitch_vswitchd",
    ["br-ex", "ovs-system", "ovs-netdev", "vxlan_sys_4789", "genev_sys_6081", "gre_sys"],
  ],
  ["neutron_openvswitch_agent", ["br-int", "br-tun", `tap${PORT}`]],
  ["neutron_dhcp_agent", [`tap${PORT}`]],
  ["neutron_l3_agent", ["qr-", "qg-", "ha-", "sg-", "fg-"].map((prefix) => `${prefix}${PORT}`)],
  ["nova_libvirt", [`tap${PORT}`]],
  ["nova_compute", [`qvo${PORT}`, `qvb${PORT}`, `qbr${PORT}`]],
])("the network devices of %s go where it ran", (container, names) => {
  expect(names.filter((name) => !isLeft(device(name), remains(container)))).toEqual([]);
  expect(names.filter((name) => isLeft(device(name, { hasAddress: true }), remains()))).toEqual([]);
});

test("of the kernel's bridges only Nova's go", () => {
  const names = ["br-ex", "br-int", `tap${PORT}`, `qbr${PORT}`];
  const goes = names.filter((name) => isLeft(device(name, { isKernelBridge: true }), remains()));
  expect(goes).toEqual([`qbr${PORT}`]);
});

test("no service takes away what hosts have of their own", () => {
  const found = `lo eth0 ens3 enp1s0f0 bond0 bond0.100 team0 br0 br1 br-data bridge0 docker0 br-0123456789ab podman0 cni0
    virbr0 vnet0 tap0 tap-vpn tun0 wg0 veth0 veth1a2b3c4 vxlan0 vxlan.calico genev0 gre0 gretap0 ip6gre0 sit0 dummy0 wlan0 ib0`;
  expect(found.split(/\s+/).filter((name) => isLeft(device(name), remains()))).toEqual([]);
  const namespaces = [
    "default",
    "mgmt",
    "cni-0f5a1c0e-6a51-4b0e-9a0c-3f1f3f6b9d11",
    "qdhcp",
    "qrouter-1",
    ID,
  ];
  expect(namespaces.filter((name) => matchesOne(name, remains().namespaces))).toEqual([]);
  const shared = ["systemd", "udev", "lock", "user", "netns", "docker", "containerd", "dbus", "log", "mount"];
  expect(remains().directories.filter((path) => shared.includes(path.slice("/run/".length)))).toEqual([]);
});

test.each([
  ["qemu-system-x86", "guest=instance-0000001f,debug-threads=on", true],
  ["kvm", "guest=instance-0000001f", true],
  ["qemu-system-x86", "guest=desktop,debug-threads=on", false],
  ["qemu-system-x86", "guest=instance-0000001fa", false],
  ["vim", "guest=instance-0000001f", false],
  ["bash", "qemu-system-x86_64", false],
])("a server of the cloud is told from the host's other processes: %s %s", (program, argument, isServer) => {
  const { servers } = remains("nova_libvirt");
  const matches = servers.some((like) => like.program.test(program) && like.argument.test(argument));
  expect(matches).toBe(isServer);
  expect(remains("nova_compute").servers).toEqual([]);
});
