// Convex Lisp sources are imported as text: `import core from "./lib/core.cvx" with { type: "text" }`.
declare module "*.cvx" {
  const text: string;
  export = text;
}
