// Convex Lisp sources are imported as text, with the import attribute `type: "text"`.
declare module "*.cvx" {
  const text: string;
  export = text;
}

// So is what was compiled from them.
declare module "*.base64" {
  const text: string;
  export = text;
}
