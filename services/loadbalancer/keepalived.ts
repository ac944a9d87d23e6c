import type { HostView, Secret } from "#model";

export interface VipOptions {
  kolla_internal_vip_address: string;
  kolla_external_vip_address: string;
  kolla_external_vip_interface: string;
  api_interface: string;
  keepalived_password: Secret;
  keepalived_virtual_router_id: number;
  keepalived_track_script_enabled: boolean;
  keepalived_traffic_mode: string;
  enable_haproxy: boolean;
  haproxy_enable_external_vip: boolean;
}

/**
 * keepalived.conf: one router for both VIPs, so that they are always on one host. All start as backups and none takes
 * the VIP back, because each move breaks connections. A host without others owns the VIP: it has it at once, without
 * listening for others first.
 */
export function keepalivedConf(opt: VipOptions, host: HostView, members: readonly HostView[]): string {
  const track = opt.keepalived_track_script_enabled && opt.enable_haproxy;
  const place = members.findIndex((member) => member.name === host.name) + 1;
  const role = members.length > 1 ? ["state BACKUP", "nopreempt"] : ["state MASTER"];
  return `global_defs {
    script_user root
    enable_script_security
}
${track ? TRACK : ""}
vrrp_instance kolla_internal_vip_${opt.keepalived_virtual_router_id} {
    ${role.join("\n    ")}
    interface ${opt.api_interface}
    virtual_router_id ${opt.keepalived_virtual_router_id}
    priority ${members.length > 1 ? place : OWNER}
    advert_int 1
${unicast(opt, host, members)}    virtual_ipaddress {
        ${opt.kolla_internal_vip_address} dev ${opt.api_interface}
    }
${externalVip(opt)}    authentication {
        auth_type PASS
        auth_pass ${opt.keepalived_password.reveal().slice(0, 8)}
    }
${track ? "    track_script {\n        check_alive\n    }\n" : ""}}
`;
}

/** Of a router that owns its address (RFC 5798, 5.2.4). */
const OWNER = 255;

const TRACK = `
vrrp_script check_alive {
    script "/check_alive.sh"
    interval 2
    fall 2
    rise 10
}
`;

/** A VIP on another interface than the router's does not count for its advertisements. */
function externalVip(opt: VipOptions): string {
  if (!opt.haproxy_enable_external_vip || opt.kolla_external_vip_address === opt.kolla_internal_vip_address)
    return "";
  return `    virtual_ipaddress_excluded {
        ${opt.kolla_external_vip_address} dev ${opt.kolla_external_vip_interface}
    }
`;
}

function unicast(opt: VipOptions, host: HostView, members: readonly HostView[]): string {
  if (opt.keepalived_traffic_mode !== "unicast") return "";
  const peers = members
    .filter((member) => member.name !== host.name)
    .map((member) => `        ${member.apiAddress}\n`);
  return `    unicast_src_ip ${host.apiAddress}
    unicast_peer {
${peers.join("")}    }
`;
}
