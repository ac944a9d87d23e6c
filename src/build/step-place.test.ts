import { describe, expect, it } from "vitest";
import { placeOfStep } from "./step-place.ts";

const DOCKERFILE = `FROM kolla/openstack-base:1 AS Build
USER root
# a comment that RUN is in
RUN one \\
 # inside
 && two
RUN <<EOF
RUN is not an instruction here
EOF
COPY --from=x a b
FROM build
RUN three
FROM debian:trixie
ENV A=b
WORKDIR /x
RUN four`;

const lines = (text: string) =>
  text.split("\n").map((line, index) => ({ text: line, file: "Dockerfile.j2", line: index + 1 }));
const place = (title: string, text = DOCKERFILE) => placeOfStep(title, lines(text))?.line;

describe("the place of a step", () => {
  it("is found by its stage and its number, whatever the words became", () => {
    expect(place("[build 1/4] FROM docker.io/kolla/openstack-base:1")).toBe(1);
    expect(place("[build 2/4] RUN one  && two")).toBe(4);
    expect(place("[build 3/4] RUN <<EOF (RUN is not…)")).toBe(7);
    expect(place("[build 4/4] COPY --from=x a b")).toBe(10);
    expect(place("[stage-2 2/3] WORKDIR /x")).toBe(15);
    expect(place("[stage-2 3/3] RUN four")).toBe(16);
  });

  it("does not count the FROM of a stage that goes on from another", () => {
    expect(place("[stage-1 1/1] RUN three")).toBe(12);
  });

  it("is found without the name of a stage where there is one, and with a platform before it", () => {
    const single = "FROM debian:trixie\nRUN one\nRUN two";
    expect(place("[3/3] RUN two", single)).toBe(3);
    expect(place("[linux/arm64 3/3] RUN two", single)).toBe(3);
    expect(place("[linux/arm64 build 2/4] RUN one")).toBe(4);
  });

  it("is not guessed when number and instruction do not agree", () => {
    expect(place("[build 4/4] RUN one")).toBeUndefined();
    expect(place("[build 9/9] RUN one")).toBeUndefined();
    expect(place("failed to solve: dockerfile parse error")).toBeUndefined();
  });
});
