// Files of the page, imported as text.
declare module "*.js" {
  const text: string;
  export = text;
}
declare module "*.svg" {
  const text: string;
  export = text;
}
