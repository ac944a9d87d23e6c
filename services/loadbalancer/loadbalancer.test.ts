import { describe, expect, test } from "vitest";
import { type NamedApi, Secret } from "#model";
import { haproxyCfg, serviceCfg } from "./haproxy.ts";
import { keepalivedConf } from "./keepalived.ts";

const MEMBERS = [
  { name: "one", apiAddress: "10.0.0.1" },
  { name: "two", apiAddress: "10.0.0.2" },
] as never[];
const SITE = { members: () => MEMBERS } as never;
const VIPS = {
  kolla_internal_vip_address: "10.0.0.250",
  kolla_external_vip_address: "192.0.2.250",
  haproxy_enable_external_vip: true,
  haproxy_health_check: "check",
  haproxy_frontend_http_extra: ["option httplog", "option forwardfor"],
  haproxy_backend_http_extra: [] as string[],
  haproxy_frontend_tcp_extra: ["option tcplog"],
  haproxy_backend_tcp_extra: [] as string[],
};
const API: NamedApi = {
  name: "glance_api",
  serviceName: "glance",
  group: "glance-api",
  mode: "http",
  port: 9292,
  publicPort: 9292,
  listenPort: 9292,
  check: "/healthcheck",
  backendExtra: ["timeout server 6h"],
};
const cfg = (api: Partial<NamedApi>, vips: Partial<typeof VIPS> = {}): string =>
  serviceCfg({ ...API, ...api }, { ...VIPS, ...vips } as never, SITE);

describe("haproxy", () => {
  test("lines of the operator's stand in every section of their kind, and in no other", () => {
    const more = {
      haproxy_frontend_http_extra: ["option dontlognull"],
      haproxy_backend_http_extra: ["option http-server-close"],
      haproxy_backend_tcp_extra: ["option tcpka"],
    };
    const http = cfg({}, more);
    expect(http.match(/option dontlognull/g)).toHaveLength(2);
    expect(http.match(/option http-server-close/g)).toHaveLength(1);
    expect(http).not.toMatch(/option (httplog|tcpka)/);
    expect(cfg({ mode: "tcp" }, more)).toMatch(/option tcplog.*option tcpka/s);
  });

  test("each thread has a processor of its own where that is asked for", () => {
    const host = { apiAddress: "10.0.0.1" } as never;
    const own = { haproxy_password: new Secret("p"), haproxy_threads: 4 };
    const of = (haproxy_thread_cpu_map: boolean): string =>
      haproxyCfg({ ...VIPS, ...own, haproxy_thread_cpu_map } as never, host);
    expect(of(true)).toContain("cpu-map auto:1/1-4 0-3\n");
    expect(of(false)).not.toContain("cpu-map");
  });

  test("the log goes to a syslog server too where the operator has one", () => {
    const [own, host] = [{ haproxy_password: new Secret("p") }, { apiAddress: "10.0.0.1" } as never];
    const syslog = { syslog_server: "10.0.0.9", syslog_udp_port: 514, syslog_haproxy_facility: "local1" };
    const logs = (more: object): unknown =>
      haproxyCfg({ ...VIPS, ...own, ...more } as never, host).match(/log .*:.*/g);
    expect(logs(syslog)).toEqual(["log 10.0.0.9:514 local1"]);
    expect(logs({ syslog_server: "" })).toBeNull();
  });

  test("an API is served on both VIPs by all its members", () => {
    expect(cfg({})).toMatchInlineSnapshot(`
      "frontend glance_api_front
          mode http
          option httplog
          option forwardfor
          option idle-close-on-response
          http-request del-header X-Forwarded-Proto
          http-request set-header X-Forwarded-Proto https if { ssl_fc }
          bind 10.0.0.250:9292
          default_backend glance_api_back

      frontend glance_api_external_front
          mode http
          option httplog
          option forwardfor
          option idle-close-on-response
          http-request del-header X-Forwarded-Proto
          http-request set-header X-Forwarded-Proto https if { ssl_fc }
          bind 192.0.2.250:9292
          default_backend glance_api_back

      backend glance_api_back
          mode http
          option httpchk GET /healthcheck
          http-check expect status 200
          retry-on conn-failure empty-response
          http-request disable-l7-retry if METH_POST !{ path_end /auth/tokens }
          http-request disable-l7-retry if { method PATCH }
          timeout server 6h
          server one 10.0.0.1:9292 check
          server two 10.0.0.2:9292 check
      "
    `);
  });

  test("one VIP for both needs one frontend, unless the ports differ", () => {
    const one = { kolla_external_vip_address: "10.0.0.250", haproxy_enable_external_vip: false };
    expect(cfg({}, one).match(/^frontend .*/gm)).toEqual(["frontend glance_api_front"]);
    expect(cfg({ publicPort: 443 }, one)).toContain("bind 10.0.0.250:443");
  });

  test("an API without a public port is not offered outside", () => {
    const { publicPort: _, ...internal } = API;
    expect(serviceCfg(internal, VIPS as never, SITE)).not.toContain("192.0.2.250");
  });

  test("of a database one member serves and the others wait", () => {
    const { check: _, ...plain } = API;
    const text = serviceCfg({ ...plain, mode: "tcp", activePassive: true }, VIPS as never, SITE);
    expect(text.match(/server .*/g)).toEqual([
      "server 6h",
      "server one 10.0.0.1:9292 check",
      "server two 10.0.0.2:9292 check backup",
    ]);
    expect(text).not.toContain("httpchk");
  });
});

describe("keepalived", () => {
  const conf = (more: object = {}): string =>
    keepalivedConf(
      {
        ...VIPS,
        kolla_external_vip_interface: "eth1",
        api_interface: "eth0",
        keepalived_password: new Secret("0123456789"),
        keepalived_virtual_router_id: 51,
        keepalived_track_script_enabled: true,
        keepalived_traffic_mode: "multicast",
        enable_haproxy: true,
        ...more,
      },
      MEMBERS[1] as never,
      MEMBERS,
    );

  test("a host has its place as priority and watches its load balancer", () => {
    expect(conf()).toMatchInlineSnapshot(`
      "global_defs {
          script_user root
          enable_script_security
      }

      vrrp_script check_alive {
          script "/check_alive.sh"
          interval 2
          fall 2
          rise 10
      }

      vrrp_instance kolla_internal_vip_51 {
          state BACKUP
          nopreempt
          interface eth0
          virtual_router_id 51
          priority 2
          advert_int 1
          virtual_ipaddress {
              10.0.0.250 dev eth0
          }
          virtual_ipaddress_excluded {
              192.0.2.250 dev eth1
          }
          authentication {
              auth_type PASS
              auth_pass 01234567
          }
          track_script {
              check_alive
          }
      }
      "
    `);
  });

  test("a host without others owns the VIP", () => {
    const [, only] = MEMBERS;
    const text = keepalivedConf({ ...VIPS, keepalived_password: new Secret("p") } as never, only as never, [
      only as never,
    ]);
    expect(text).toMatch(/state MASTER\n {4}interface .*\n.*\n {4}priority 255/);
    expect(text).not.toContain("nopreempt");
  });

  test("peers are named when multicast does not reach them", () => {
    expect(conf({ keepalived_traffic_mode: "unicast" })).toContain(
      "unicast_src_ip 10.0.0.2\n    unicast_peer {\n        10.0.0.1\n    }\n",
    );
  });

  test("without HAProxy there is nothing to watch", () => {
    expect(conf({ enable_haproxy: false })).not.toContain("check_alive");
  });
});
