import { project } from "#model";

export default project("openvswitch", {
  summary: "The virtual switch of a host and its database",
  profile: "infra",
});
