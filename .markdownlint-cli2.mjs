import relativeLinks from "markdownlint-rule-relative-links";

export default {
  globs: ["**/*.md"],
  gitignore: true,
  customRules: [relativeLinks],
  config: {
    default: true,
    // Paragraphs are one line each; editors wrap them.
    "line-length": false,
    "table-column-style": false,
    // Commands to type are indented, files and programs fenced.
    "code-block-style": false,
    "relative-links": { root_path: "." },
  },
};
