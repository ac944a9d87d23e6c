import { project } from "#model";

export default project("keepalived", {
  summary: "Keeps the virtual address on a host whose load balancer works",
  profile: "infra",
});
