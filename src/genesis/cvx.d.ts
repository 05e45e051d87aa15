// Convex Lisp sources are imported as text: `import core from "./lib/core.cvx" with { type: "text"
// }`.
declare module "*.cvx" {
  const text: string;
  export = text;
}

// As is what was compiled from them.
declare module "*.base64" {
  const text: string;
  export = text;
}
